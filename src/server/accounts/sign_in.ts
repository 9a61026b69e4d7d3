import type { HostContext } from "../context/host_context.ts";
import { rateLimited } from "../model/host_error.ts";
import type { User } from "../model/user.ts";
import { userByName } from "../store/users.ts";
import type { CheckQueue } from "./password_queue.ts";
import { decoyPassword, verifyPassword } from "./passwords.ts";

/** Milliseconds that each wrong password beyond the free ones adds to a check for the same user. */
const DELAY_STEP_MS = 100;

/** The most that a check is delayed. */
const MAX_DELAY_MS = 3_000;

/** What sign-ins work in. */
export interface SignInContext {
  readonly context: HostContext;
  /** Passwords being checked. */
  readonly checks: CheckQueue;
  /** Limits wrong passwords per address and name. */
  readonly guesses: {
    /** Takes one; returns the seconds to wait when none is left. */
    take(key: string): number;
    giveBack(key: string): void;
  };
  /** Counts wrong passwords per name, wherever they come from: they slow further checks down. */
  readonly wrongPasswords: {
    debt(name: string): number;
    spend(name: string): void;
  };
}

/** A name and a password, and the address they come from as limits know it. */
export interface SignInAttempt {
  readonly username: string;
  readonly password: string;
  readonly address: string;
}

/**
 * Returns the user with this password. Guesses at one user from one address run out. Guesses at one user from
 * everywhere slow the checks for that user down and refuse none, so that a stranger elsewhere cannot lock
 * the user out. Addresses take turns, so that a flood from one of them holds up no other.
 *
 * @throws {HostError} `rate_limited`.
 */
export async function checkedPassword(
  { context, checks, guesses, wrongPasswords }: SignInContext,
  { username, password, address }: SignInAttempt,
): Promise<User | null> {
  const name = username.trim().toLowerCase();
  // Before a bucket is made for the name: a stranger may think up any number of names.
  if (checks.isFull(address)) throw rateLimited(1);
  const key = `${address}\n${name}`;
  // Taken before the check, which takes its time: guesses that come together count too.
  const wait = guesses.take(key);
  if (wait > 0) throw rateLimited(wait);
  const delay = Math.min(MAX_DELAY_MS, wrongPasswords.debt(name) * DELAY_STEP_MS);
  const user = await checks.run(
    address,
    () => userByPassword(context, username, password),
    () => delay === 0 ? Promise.resolve() : context.platform.clock.sleep(delay),
  );
  if (user === null) wrongPasswords.spend(name);
  else guesses.giveBack(key);
  return user;
}

/** Returns the user with this name and password, or `null`; takes as long for an unknown name. */
async function userByPassword(
  context: HostContext,
  username: string,
  password: string,
): Promise<User | null> {
  const found = await userByName(context.store, username);
  const stored = found?.password ?? decoyPassword(context);
  const matches = await verifyPassword(password, stored);
  if (!matches || found === null) return null;
  // The check takes a while: the password may have been changed, or the user removed, meanwhile.
  const now = await userByName(context.store, username);
  return now?.password === stored ? now.user : null;
}
