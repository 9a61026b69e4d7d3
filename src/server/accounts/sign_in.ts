import { rateLimited } from "../http/auth.ts";
import { limitKey } from "../http/client_address.ts";
import type { Call, Host } from "../http/context.ts";
import { Refusal } from "../http/http_error.ts";
import { type User, userByPassword } from "../store/users.ts";

/** Milliseconds that each wrong password beyond the free ones adds to a check for the same user. */
const DELAY_STEP_MS = 100;

/** The most that a check is delayed. */
const MAX_DELAY_MS = 3_000;

/**
 * The user with this password. Guesses at one user from one address run out. Guesses at one user from
 * everywhere slow the checks for that user down and refuse none, so that a stranger elsewhere cannot lock
 * the user out. Addresses take turns, so that a flood from one of them holds up no other.
 *
 * @throws {Refusal} `rate_limited`.
 */
export async function checkedPassword(
  host: Host,
  call: Call,
  username: string,
  password: string,
): Promise<User | null> {
  const address = limitKey(call.env.remoteAddress);
  const name = username.trim().toLowerCase();
  // Before a bucket is made for the name: a stranger may think up any number of names.
  if (host.checks.isFull(address)) throw rateLimited(1);
  const key = `${address}\n${name}`;
  // Taken before the check, which takes its time: guesses that come together count too.
  const wait = host.guesses.take(key);
  if (wait > 0) throw rateLimited(wait);
  const delay = Math.min(MAX_DELAY_MS, host.wrongPasswords.debt(name) * DELAY_STEP_MS);
  const user = await host.checks.run(
    address,
    () => userByPassword(host.data, username, password),
    () => delay === 0 ? Promise.resolve() : host.platform.clock.sleep(delay),
  );
  if (user === null) host.wrongPasswords.spend(name);
  else host.guesses.giveBack(key);
  return user;
}

/** What came of a form with a name and a password. */
export type FormSignIn =
  | { readonly ok: true; readonly userId: string }
  | { readonly ok: false; readonly status: number; readonly message: string };

/** Checks the name and the password of a form. */
export async function signInByForm(
  host: Host,
  call: Call,
  fields: URLSearchParams,
): Promise<FormSignIn> {
  const username = fields.get("username") ?? "";
  try {
    const user = await checkedPassword(host, call, username, fields.get("password") ?? "");
    return user === null
      ? { ok: false, status: 401, message: "The user name or the password is wrong." }
      : { ok: true, userId: user.id };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { ok: false, status: error.envelope.http_status, message: error.message };
  }
}
