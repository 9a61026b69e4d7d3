import { queueOwner } from "../events/open.ts";
import { type QueueCounts, readQueueCounts } from "../events/queue_counts.ts";
import type { Platform } from "../platform/platform.ts";
import { userPaths } from "../user/paths.ts";

/**
 * The files of what waits to be uploaded: the queue of the session in force and the events from before the login,
 * which an upload takes along.
 *
 * @throws {TrackerError} `invalid_toml`, `invalid_setting`, `no_home`.
 */
export async function queuePaths(platform: Platform): Promise<readonly string[]> {
  const { path } = await queueOwner(platform);
  const { unscopedQueue } = userPaths(platform);
  return path === unscopedQueue ? [path] : [path, unscopedQueue];
}

/**
 * What waits to be uploaded in some queues, those of {@link queuePaths} unless given. Changes nothing.
 *
 * @throws {TrackerError} what {@link queuePaths} throws, `database_unusable`.
 */
export async function queueDepth(
  platform: Platform,
  paths?: readonly string[],
): Promise<QueueCounts> {
  let sum: QueueCounts = { pending: 0, parked: 0, withoutProject: 0, total: 0, oldestAt: null };
  for (const one of paths ?? await queuePaths(platform)) {
    const counts = await readQueueCounts(platform, one);
    if (counts !== null) sum = add(sum, counts);
  }
  return sum;
}

function add(a: QueueCounts, b: QueueCounts): QueueCounts {
  const oldest = [a.oldestAt, b.oldestAt].filter((time) => time !== null);
  return {
    pending: a.pending + b.pending,
    parked: a.parked + b.parked,
    withoutProject: a.withoutProject + b.withoutProject,
    total: a.total + b.total,
    oldestAt: oldest.length === 0 ? null : Math.min(...oldest),
  };
}
