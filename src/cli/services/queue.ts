import { queueOwner } from "../../events/open.ts";
import { type QueueCounts, readQueueCounts } from "../../events/queue_counts.ts";
import type { Platform } from "../../platform/platform.ts";

/** The event queue of the session in force, without changing or making a file. */
export interface QueueState extends QueueCounts {
  /** The queue's file. */
  readonly path: string;
}

/** Reads the state of the queue; all zero when there is none. */
export async function queueState(platform: Platform): Promise<QueueState> {
  const { path } = await queueOwner(platform);
  const counts = await readQueueCounts(platform, path);
  return {
    path,
    ...(counts ?? { pending: 0, parked: 0, withoutProject: 0, total: 0, oldestAt: null }),
  };
}
