import type { ListedEvent } from "../../../events/queue_list.ts";
import type { Context } from "../../command/context.ts";
import { type ChosenFields, fieldChoice } from "../../services/chosen_fields.ts";
import { writeTable } from "../../terminal/table.ts";
import { ago, number } from "../../terminal/format.ts";
import { eachEvent } from "./each_event.ts";

/** Lists queued events, oldest first. */
export async function run(
  context: Context,
  options: {
    readonly parked: boolean;
    readonly limit: number;
    readonly fields: ChosenFields;
  },
): Promise<number> {
  const choose = fieldChoice(context, options.fields, { names: EVENT_FIELDS });
  const events: ListedEvent[] = [];
  const total = await eachEvent(context, options.parked, (event) => {
    if (events.length < options.limit) events.push(event);
  });
  if (context.globals.json) {
    context.output.json({
      total,
      events: choose(events.map((event) => ({
        event_id: event.eventId,
        event_type: event.eventType,
        queued_at: new Date(event.queuedAt).toISOString(),
        rejections: event.retryCount,
        parked: event.parked,
        sendable: event.sendable,
        readable: event.readable,
        reason: event.reason,
      }))),
    });
    return 0;
  }
  if (events.length === 0) {
    context.output.result(options.parked ? "No parked events." : "The queue is empty.");
    return 0;
  }
  const now = context.platform.clock.now();
  writeTable(
    context.output,
    [
      { title: "EVENT" },
      { title: "TYPE" },
      { title: "QUEUED" },
      { title: "STATE" },
      { title: "REASON", yields: 1 },
    ],
    events.map((event) => [
      event.eventId,
      event.eventType,
      ago(event.queuedAt, now),
      stateOf(event),
      event.reason ?? "–",
    ]),
  );
  if (total > events.length) {
    context.output.result();
    context.output.result(`The first ${number(events.length)} of ${number(total)}.`);
  }
  return 0;
}

const EVENT_FIELDS = [
  ...["event_id", "event_type", "queued_at", "rejections", "parked", "sendable", "readable"],
  "reason",
];

function stateOf(event: ListedEvent): string {
  if (!event.readable) return "unreadable";
  if (event.parked) return "parked";
  if (!event.sendable) return "no project";
  return event.retryCount === 0 ? "waiting" : `refused ${event.retryCount}×`;
}
