import type { Platform } from "../platform/platform.ts";

/** Returns the next event id for a time in milliseconds since 1970. */
export type EventIds = (now: number) => string;

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
