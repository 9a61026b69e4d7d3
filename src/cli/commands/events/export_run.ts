import type { ListedEvent } from "../../../events/queue_list.ts";
import { plural } from "../../terminal/format.ts";
import { harmless, harmlessJson } from "../../terminal/sanitize.ts";
import type { Context } from "../../command/context.ts";
import { eachEvent } from "./list_run.ts";

/**
 * Prints queued events as JSON Lines; they stay queued. Rows that are no events hinder no other: they are named, with
 * exit code 1.
 */
export async function run(
  context: Context,
  options: { readonly parked: boolean },
): Promise<number> {
  const unreadable: ListedEvent[] = [];
  if (context.globals.json) {
    const events: unknown[] = [];
    await eachEvent(context, options.parked, (event) => {
      if (event.readable) events.push(JSON.parse(event.data));
      else unreadable.push(event);
    });
    context.output.json({
      events,
      unreadable: unreadable.map(({ eventId, data }) => ({ event_id: eventId, data })),
    });
  } else {
    await eachEvent(context, options.parked, (event) => {
      if (event.readable) context.output.raw(`${harmlessJson(event.data)}\n`);
      else unreadable.push(event);
    });
    warnOf(context, unreadable);
  }
  return unreadable.length === 0 ? 0 : 1;
}

function warnOf({ output }: Context, unreadable: readonly ListedEvent[]): void {
  if (unreadable.length === 0) return;
  const mark = output.errorStyle.red("✗");
  output.warn(`${mark} ${plural(unreadable.length, "event")} cannot be read, and stayed behind:`);
  for (const { eventId, eventType } of unreadable) {
    output.warn(`   ${harmless(eventId)}  ${harmless(eventType)}`);
  }
  output.warn("  `tracker events export --json` shows what they hold.");
}
