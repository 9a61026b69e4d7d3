import type { ListedEvent } from "../../../events/queue_list.ts";
import { plural } from "../../terminal/format.ts";
import type { Context } from "../../command/context.ts";
import { FAILED, jsonText, text } from "../../terminal/text.ts";
import { eachEvent } from "./each_event.ts";

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
      if (event.readable) context.output.result(jsonText(event.data));
      else unreadable.push(event);
    });
    warnOf(context, unreadable);
  }
  return unreadable.length === 0 ? 0 : 1;
}

function warnOf({ output }: Context, unreadable: readonly ListedEvent[]): void {
  if (unreadable.length === 0) return;
  output.warning(
    text`${FAILED} ${plural(unreadable.length, "event")} cannot be read, and stayed behind:`,
  );
  for (const { eventId, eventType } of unreadable) {
    output.warning(`   ${eventId}  ${eventType}`);
  }
  output.warning("  `tracker events export --json` shows what they hold.");
}
