import { type EventEnvelope, validatePayload } from "../contract/events.ts";
import { isoTime } from "../platform/clock.ts";
import type { EmitOptions } from "./emit.ts";
import type { ProjectLook } from "./looks.ts";
import type { Drafted, EventContext } from "./emitter.ts";
import type { DerivedEvent, EventQueue, Look } from "./queue.ts";

/** How many events are queued in one transaction, or more where one look has more. */
const PORTION = 500;

/**
 * Queues the events of looks that are new, and returns how many. A kill loses no event and queues none twice: a look is
 * noted with its events. A project without an identity has no events that others know.
 */
export async function emitLooks(
  queue: EventQueue,
  context: EventContext,
  looks: readonly ProjectLook[],
  draftOf: (
    type: string,
    payload: EventEnvelope["payload"],
    context: EventContext,
    options: EmitOptions,
  ) => Drafted,
): Promise<number> {
  const { projectUuid } = context;
  if (projectUuid === null) return 0;
  let queued = 0;
  let seen: Look[] = [];
  let events: DerivedEvent[] = [];
  for (const look of looks) {
    const place = `${projectUuid}/${look.place}`;
    if (queue.lastLook(place) === look.mark) continue;
    seen.push({ place, mark: look.mark });
    for (const { type, payload, eventId } of await look.events(projectUuid)) {
      const checked = validatePayload(type, payload);
      if (!checked.ok) continue;
      const drafted = draftOf(type, checked.payload, context, {});
      if (!drafted.ok) continue;
      const build = (lamport: number, now: number) => ({
        ...drafted.draft,
        event_id: eventId,
        timestamp: isoTime(now),
        lamport_clock: lamport,
      });
      events.push({ eventId, build });
    }
    if (events.length < PORTION) continue;
    queued += queue.appendOnce(context.nodeId, seen, events);
    [seen, events] = [[], []];
  }
  return seen.length === 0 ? queued : queued + queue.appendOnce(context.nodeId, seen, events);
}
