import { dirname } from "../platform/paths.ts";
import type { Platform } from "../platform/platform.ts";
import { IssueStore } from "./issue_store.ts";
import type { RecoveryPlatform } from "./recover.ts";

/**
 * Returns the path of a cache that used to be at `from` and belongs at `to`. Moves it when it is there and this
 * program wrote it, in one process at a time. While a process of an older version has it open, or where nothing can be
 * moved, it is used where it is.
 */
export async function adoptStore(
  platform: RecoveryPlatform,
  from: string,
  to: string,
): Promise<string> {
  const { files } = platform;
  if (await files.stat(to) !== null || await files.stat(from) === null) return to;
  try {
    await files.makeDirectory(dirname(to), 0o700);
    // Without a lock a process could see the file open in another, and use `from` just when it is moved away.
    const lock = await files.lock(`${to}.move.lock`, { purpose: "moving an issue cache" });
    try {
      return await adopted(platform, from, to);
    } finally {
      await lock.release();
    }
  } catch {
    return await files.stat(to) !== null ? to : from;
  }
}

async function adopted(platform: RecoveryPlatform, from: string, to: string): Promise<string> {
  const { files } = platform;
  if (await files.stat(to) !== null) return to;
  // It belongs to another program and has the same name by chance, or it is damaged.
  if (!await isOurs(platform, from)) return to;
  // Opening and closing merges the log that a killed process may have left.
  (await IssueStore.open(platform, from)).close();
  if (await files.stat(`${from}-wal`) !== null) return from;
  await files.rename(from, to);
  return to;
}

/** Returns whether a database is a cache of this program. */
export async function isOurs(
  platform: Pick<Platform, "openDatabase">,
  path: string,
): Promise<boolean> {
  using database = await platform.openDatabase(path, { readOnly: true });
  return database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'tracker_runs'").get() !==
    undefined;
}
