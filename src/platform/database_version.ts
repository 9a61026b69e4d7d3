import type { Clock } from "./clock.ts";
import type { FileFacts, Files } from "./files.ts";

/** What telling a version needs of the machine. */
export interface VersionPlatform {
  readonly files: Pick<Files, "stat">;
  readonly clock: Pick<Clock, "now">;
}

/** The version of a database that is not there. */
export const NO_DATABASE = "none";

/**
 * For how long after a write another one may leave the same facts: file systems keep times in steps, of two seconds at
 * most (FAT).
 */
const UNSETTLED_MS = 3_000;

/**
 * Returns a word for the content of a database file that is another one after any commit of any process; `null` for a
 * while after a commit, since a second one could not be told from it. Opens nothing: a connection that is kept open
 * would keep files beside the database, and the facts of the file and of its log tell the same.
 */
export async function databaseVersion(
  { files, clock }: VersionPlatform,
  path: string,
): Promise<string | null> {
  const file = await files.stat(path);
  if (file === null) return NO_DATABASE;
  // A reader makes an empty log and takes it away again, which is no change.
  const log = await files.stat(`${path}-wal`);
  const parts = log === null || log.size === 0 ? [file] : [file, log];
  const latest = Math.max(...parts.map(({ modifiedAt }) => modifiedAt));
  // A time to come tells nothing either: the clock was set back, or is not that of the file system.
  if (clock.now() - latest < UNSETTLED_MS) return null;
  return parts.map(factWords).join(" ");
}

function factWords({ size, modifiedAt }: FileFacts): string {
  return `${size}@${modifiedAt}`;
}
