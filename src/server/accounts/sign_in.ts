import type { HostContext } from "../context/host_context.ts";
import type { Limiter } from "../context/limiter.ts";
import { rateLimited } from "../model/host_error.ts";
import { type StoredUser, userByName } from "../store/users.ts";
import { type HostLimits, netOf } from "./host_limits.ts";
import { isKnownPlace, rememberPlace } from "./known_places.ts";
import type { CheckQueue } from "./password_queue.ts";
import { decoyPassword, verifyPassword } from "./passwords.ts";

/** Wrong passwords for one name that cost no time. */
const FREE_GUESSES = 20;

/** Milliseconds that each wrong password beyond the free ones adds to a check for the same user. */
const DELAY_STEP_MS = 100;

/** The most that a check is delayed. */
const MAX_DELAY_MS = 3_000;

/** What sign-ins work in. */
export interface SignInContext {
  readonly context: HostContext;
  /** Passwords being checked. */
  readonly checks: CheckQueue;
  readonly limits: HostLimits;
}

/** A name and a password, and the address they come from as limits know it. */
export interface SignInAttempt {
  readonly username: string;
  readonly password: string;
  readonly address: string;
}

/**
 * Returns the user with this password, and the hash that it was checked against: it may be replaced from then on, so
 * what begins with it holds the user by {@link lockCheckedUser}. Guesses at one user from one address run out, and so do those of one address
 * and of one net at all users. Guesses at one user from everywhere slow down, and in the end run out, too: a net of
 * thousands of addresses gets no further than 120 of them and one in 30 seconds. None of that concerns an address from
 * which the user has signed in before, so that strangers elsewhere cannot lock the user out; such checks come first. Addresses
 * take turns, so that a flood from one of them holds up no other.
 *
 * @throws {HostError} `rate_limited`.
 */
export async function checkedPassword(
  { context, checks, limits }: SignInContext,
  { username, password, address }: SignInAttempt,
): Promise<StoredUser | null> {
  const name = username.trim().toLowerCase();
  const place = { name, address };
  // Before buckets are made for the name: a stranger may think up any number of names.
  if (checks.isFull() && !await isKnownPlace(context, place)) throw rateLimited(1);
  if (checks.isLaneFull(address)) throw rateLimited(1);
  const pass: Pass = { delay: 0, isKnown: false, taken: [] };
  const checked = await checks.run(address, () => userByPassword(context, username, password), {
    prepare: async () => {
      await enter(limits, await isKnownPlace(context, place), place, pass);
      if (pass.delay > 0) await context.platform.clock.sleep(pass.delay);
      if (checks.isFull() && !pass.isKnown) throw rateLimited(1);
    },
    isFirst: () => pass.isKnown,
  });
  if (checked === null) return null;
  for (const [limiter, key] of pass.taken) await limiter.giveBack(key);
  await rememberPlace(context, place);
  return checked;
}

/** What a check of a password has taken from the limits. */
interface Pass {
  /** Milliseconds that the check waits. */
  delay: number;
  /** Whether the user has signed in from there before. */
  isKnown: boolean;
  /** What is given back when the password is right. */
  readonly taken: (readonly [Limiter, string])[];
}

/**
 * Takes a check from all limits that concern it. Taken before the check, which takes its time: guesses that come
 * together count too.
 */
async function enter(
  limits: HostLimits,
  isKnown: boolean,
  { name, address }: { readonly name: string; readonly address: string },
  pass: Pass,
): Promise<void> {
  const take = async (limiter: Limiter, key: string) => {
    const { wait, used } = await limiter.take(key);
    if (wait > 0) throw rateLimited(wait);
    pass.taken.push([limiter, key]);
    return used;
  };
  // The narrowest first: what it refuses takes nothing from those that others share.
  await take(limits.guesses, `${address}\n${name}`);
  pass.isKnown = isKnown;
  if (isKnown) return;
  await take(limits.addresses, address);
  await take(limits.nets, netOf(address));
  const used = await take(limits.names, name);
  const late = Math.max(0, Math.ceil(used) - 1 - FREE_GUESSES);
  pass.delay = Math.min(MAX_DELAY_MS, late * DELAY_STEP_MS);
}

/** Returns the user with this name and password, or `null`; takes as long for an unknown name. */
async function userByPassword(
  context: HostContext,
  username: string,
  password: string,
): Promise<StoredUser | null> {
  const found = await userByName(context.store, username);
  const stored = found?.password ?? decoyPassword(context);
  const matches = await verifyPassword(password, stored);
  if (!matches || found === null) return null;
  // The check takes a while: the password may have been changed, or the user removed, meanwhile.
  const now = await userByName(context.store, username);
  return now?.password === stored ? now : null;
}
