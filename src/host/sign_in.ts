import { rateLimited } from "./caller.ts";
import type { Call, Host } from "./host.ts";
import { Refusal } from "./refusal.ts";
import { type User, userByPassword } from "./users.ts";

/**
 * The user with this password; wrong ones are slowed down per address and name, and few are checked at
 * a time.
 *
 * @throws {Refusal} `rate_limited`.
 */
export async function checkedPassword(
  host: Host,
  call: Call,
  username: string,
  password: string,
): Promise<User | null> {
  const address = call.env.remoteAddress;
  // Before a bucket is made for the name: a stranger may think up any number of names.
  if (host.checks.isFull(address)) throw rateLimited(1);
  const key = `${address}\n${username.trim().toLowerCase()}`;
  // Taken before the check, which takes its time: guesses that come together count too.
  const wait = host.guesses.take(key);
  if (wait > 0) throw rateLimited(wait);
  const user = await host.checks.run(
    address,
    () => userByPassword(host.data, username, password),
  );
  if (user !== null) host.guesses.giveBack(key);
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
