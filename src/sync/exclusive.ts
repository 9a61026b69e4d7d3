import type { Lock } from "../platform/lock.ts";
import type { Platform } from "../platform/platform.ts";
import { interrupted, TrackerError } from "../platform/tracker_error.ts";

/** A sync that is to be the only one of its cache. */
export interface ExclusiveSync {
  /** What it is, told to those who wait for it. */
  readonly purpose: string;
  /** Ends the wait. */
  readonly signal?: AbortSignal | undefined;
  /** Makes the directory of the lock. */
  readonly prepare?: () => Promise<void>;
}

/** Milliseconds that a sync waits for another one of the same cache. */
const DEADLINE_MS = 10 * 60_000;

/**
 * Runs a sync while no other process syncs the same cache; a reader does not wait. A wait of more than a
 * second is told. Where no lock can be kept, such as in a home that is read-only, the sync runs without.
 *
 * @throws {TrackerError} `locked` after ten minutes; `interrupted`.
 */
export async function exclusively<T>(
  platform: Pick<Platform, "files" | "terminal">,
  lockPath: string,
  sync: ExclusiveSync,
  work: () => Promise<T>,
): Promise<T> {
  const lock = await lockFor(platform, lockPath, sync);
  try {
    return await work();
  } finally {
    await lock?.release();
  }
}

async function lockFor(
  { files, terminal }: Pick<Platform, "files" | "terminal">,
  lockPath: string,
  { purpose, signal, prepare }: ExclusiveSync,
): Promise<Lock | null> {
  try {
    await prepare?.();
    return await files.lock(lockPath, {
      purpose,
      deadlineMs: DEADLINE_MS,
      signal,
      onWait: (holder) => {
        terminal.stderr.write(
          `Waiting for ${holder}, which syncs the same issues, for ten minutes at most.\n`,
        );
      },
    });
  } catch (error) {
    if (signal?.aborted === true) throw interrupted(signal.reason);
    const isDenied = error instanceof Error && error.name === "NotCapable";
    if (isDenied || error instanceof TrackerError) throw error;
    // The write itself tells what is wrong with the disk, if there is any.
    return null;
  }
}
