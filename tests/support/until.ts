import { systemClock } from "../../src/platform/clock.ts";

/** Many times what anything that is waited for takes on a slow machine beside others. */
const PATIENCE_MS = 180_000;

/**
 * Looks until there is something, and returns it: another process, or work that is not awaited, brings it about.
 *
 * @throws {Error} when it has not come about within three minutes.
 */
export async function until<T>(
  look: () => T | null | Promise<T | null>,
  everyMs: number = 50,
): Promise<T> {
  const clock = systemClock();
  const start = clock.monotonic();
  for (;;) {
    const found = await look();
    if (found !== null) return found;
    if (clock.monotonic() - start > PATIENCE_MS) {
      throw new Error(`It did not come about within ${PATIENCE_MS / 1_000} seconds`);
    }
    await clock.sleep(everyMs);
  }
}

/** Looks until something is so, as {@link until}. */
export async function untilSo(isSo: () => boolean | Promise<boolean>): Promise<void> {
  await until(async () => await isSo() ? true : null);
}
