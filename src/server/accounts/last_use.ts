import { errorText } from "../../platform/tracker_error.ts";
import type { HostContext } from "../context/host_context.ts";

/** Milliseconds between two records of the use of a session or a token: not every call writes. */
export const LAST_USE_EVERY_MS = 60_000;

/**
 * Records that a session or a token is used, once a minute at most. A record that cannot be written fails no call:
 * what only reads continues, such as on a full disk. The operator is told.
 *
 * @param write Writes the time `now`, unless one after `before` was written meanwhile.
 */
export async function noteUse(
  context: HostContext,
  lastUsedAt: number | null,
  write: (now: number, before: number) => Promise<void>,
): Promise<void> {
  const now = context.now();
  const before = now - LAST_USE_EVERY_MS;
  if (lastUsedAt !== null && lastUsedAt > before) return;
  try {
    await write(now, before);
  } catch (error) {
    const what = errorText(error).replace(/[\p{Cc}\p{Cf}]+/gu, " ");
    context.platform.terminal.stderr.write(
      `Cannot record when a session was used last: ${what}\n`,
    );
  }
}
