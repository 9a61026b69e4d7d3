import { basename, join } from "../platform/paths.ts";
import type { Platform } from "../platform/platform.ts";
import { TrackerError } from "../platform/tracker_error.ts";
import { userPaths } from "../user/paths.ts";
import { carryClocks, moveEvents } from "./move_over.ts";
import { clocksOf, forgetClock } from "./node_clocks.ts";
import { EventQueue } from "./queue.ts";

/**
 * Moves the events that an older version of this program queued in a file it shared with spec-kitty to the queue at
 * `path`. The other program's events stay where they are, and so does the file. It is done whenever the old file holds a
 * clock of ours, so that a take-over that was killed or that failed is done again by the next command.
 *
 * @throws {TrackerError} `database_damaged`, `queue_damaged`.
 */
export async function takeOverOldQueue(platform: Platform, path: string): Promise<void> {
  const from = oldPlaceOf(platform, path);
  if (await platform.files.stat(from) === null) return;
  try {
    if (!await isUsed(platform, from)) return;
    using source = await EventQueue.open(platform, from);
    using target = await EventQueue.open(platform, path);
    moveEvents(source, target, OURS);
    forget(source, carryClocks(source, target));
  } catch (error) {
    // Events that cannot be read must not be taken for none.
    if (error instanceof TrackerError && DAMAGE.includes(error.code)) throw error;
    // Without the right to write, or with the file in use: the next command tries again.
  }
}

/** True for an event without the members that only the other program writes. */
const OURS = ["schema_version", "build_id"]
  .map((name) => `CASE WHEN json_valid(data) THEN json_type(data, '$.${name}') END IS NULL`)
  .join(" AND ");

const DAMAGE: readonly string[] = ["database_damaged", "queue_damaged"];

function oldPlaceOf(platform: Platform, path: string): string {
  const { old, unscopedQueue } = userPaths(platform);
  return path === unscopedQueue ? old.unscopedQueue : join(old.queues, basename(path));
}

/** Whether an old queue holds anything of this program that was not taken over. */
async function isUsed(platform: Platform, from: string): Promise<boolean> {
  using database = await platform.openDatabase(from, { readOnly: true });
  return clocksOf(database).length > 0;
}

/** Removes the clocks that were taken over; one that has moved on since has an event that was not. */
function forget(source: EventQueue, clocks: ReturnType<typeof carryClocks>): void {
  source.transact((database) => {
    for (const clock of clocks) forgetClock((sql) => database.prepare(sql), clock);
  });
}
