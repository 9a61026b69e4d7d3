import { sha256Hex } from "../../platform/random.ts";
import type { HostContext } from "../context/host_context.ts";
import { limitTime } from "../context/shared_limiter.ts";
import { rememberedFor, rememberKey } from "../store/limits.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

/** Milliseconds that the address of a sign-in is remembered. */
export const KNOWN_MS: number = 30 * DAY_MS;

/** A name, and an address as limits know it. */
export interface Place {
  readonly name: string;
  readonly address: string;
}

/**
 * Returns whether the user of a name has signed in from an address in the last thirty days: strangers elsewhere do not
 * slow sign-ins from there down. Only a hash of both is stored.
 */
export async function isKnownPlace(context: HostContext, place: Place): Promise<boolean> {
  return await knownFor(context, await keyOf(place)) > 0;
}

/** Remembers an address from which a user has signed in; writes once a day. */
export async function rememberPlace(context: HostContext, place: Place): Promise<void> {
  const key = await keyOf(place);
  if (await knownFor(context, key) > KNOWN_MS - DAY_MS) return;
  await rememberKey(context.store, key, { now: limitTime(context), forMs: KNOWN_MS });
}

async function knownFor(context: HostContext, key: string): Promise<number> {
  return await rememberedFor(context.store, key, limitTime(context));
}

async function keyOf({ name, address }: Place): Promise<string> {
  return `known:${await sha256Hex(`${address}\n${name}`)}`;
}
