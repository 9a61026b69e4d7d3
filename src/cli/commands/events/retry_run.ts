import { queueOwner } from "../../../events/open.ts";
import { EventQueue } from "../../../events/queue.ts";
import { TrackerError } from "../../../platform/tracker_error.ts";
import type { Context } from "../../command/context.ts";
import { plural } from "../../terminal/format.ts";

/** Queues parked events again. */
export async function run(
  context: Context,
  options: { readonly id: string | undefined },
): Promise<number> {
  const { path } = await queueOwner(context.platform);
  const retried = await context.platform.files.stat(path) === null
    ? 0
    : await retry(context, path, options);
  if (retried === 0 && options.id !== undefined) {
    throw new TrackerError({
      code: "event_not_parked",
      message: `There is no parked event "${options.id}"`,
      nextAction: "Run `tracker events list --parked` to list the parked events.",
    });
  }
  if (context.globals.json) context.output.json({ retried });
  else context.output.result(`${plural(retried, "event")} queued again.`);
  return 0;
}

async function retry(
  context: Context,
  path: string,
  { id }: { readonly id: string | undefined },
): Promise<number> {
  const queue = await EventQueue.open(context.platform, path);
  try {
    return id === undefined ? queue.retryParked() : queue.retryParked([id]);
  } finally {
    queue.close();
  }
}
