import { queueOwner } from "../../../events/open.ts";
import { EventQueue } from "../../../events/queue.ts";
import type { ListedEvent } from "../../../events/queue_list.ts";
import type { Context } from "../../command/context.ts";

/** Visits the events of the session's queue without changing it; returns how many there are. */
export async function eachEvent(
  context: Context,
  parked: boolean,
  visit: (event: ListedEvent) => void,
): Promise<number> {
  const { path } = await queueOwner(context.platform);
  const queue = await EventQueue.openForReading(context.platform, path);
  if (queue === null) return 0;
  let total = 0;
  try {
    for (const event of queue.list({ parked })) {
      total++;
      visit(event);
    }
  } finally {
    queue.close();
  }
  return total;
}
