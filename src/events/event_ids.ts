import type { Platform } from "../platform/platform.ts";
import { sha256Hex } from "../platform/random.ts";

/** Returns the next event id for a time in milliseconds since 1970. */
export type EventIds = (now: number) => string;

const DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** Whether a text is a ULID. */
export function isUlid(text: string): boolean {
  return /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/.test(text);
}

/**
 * Returns the ULID that stands for a text, the same on every machine. Its time is that of `like`, where that is a ULID,
 * else the start of 1970.
 */
export async function derivedEventId(text: string, like: string | null): Promise<string> {
  const digest = await sha256Hex(text);
  let rest = BigInt(`0x${digest.slice(0, 20)}`);
  let tail = "";
  for (let place = 0; place < 16; place++) {
    tail = (DIGITS[Number(rest % 32n)] ?? "") + tail;
    rest /= 32n;
  }
  return (like !== null && isUlid(like) ? like.slice(0, 10) : "0".repeat(10)) + tail;
}

/**
 * A source of ULIDs that grow even within one millisecond and when the clock is set back. The package is
 * loaded at the call, because only commands that emit need it.
 */
export async function eventIds(platform: Pick<Platform, "random">): Promise<EventIds> {
  const { monotonicFactory } = await import("ulid");
  let spare = platform.random.bytes(0);
  let used = 0;
  return monotonicFactory(() => {
    if (used === spare.length) {
      spare = platform.random.bytes(64);
      used = 0;
    }
    return (spare[used++] ?? 0) / 256;
  });
}
