import type { EventBatchResponse } from "../contract/events.ts";
import type { QueuedEvent, Settlement } from "./queue.ts";

/** A host's answer to a batch, as the queue takes it. */
export interface SortedAnswer {
  readonly settlement: Settlement;
  /** How many of the accepted ones the host had before. */
  readonly duplicates: number;
  /** How many the host said nothing about: they stay as they are. */
  readonly unanswered: number;
}

/** Sorts the events of a batch by what the host did with them. */
export function sortResults(
  batch: readonly Pick<QueuedEvent, "eventId">[],
  response: EventBatchResponse,
): SortedAnswer {
  const results = new Map(response.results.map((result) => [result.event_id, result]));
  const accepted: string[] = [];
  const rejected: { eventId: string; reason: string }[] = [];
  let duplicates = 0;
  for (const { eventId } of batch) {
    const result = results.get(eventId);
    if (result === undefined) continue;
    if (result.status === "rejected") {
      const reason = result.error ?? result.error_message ?? "The host gave no reason";
      rejected.push({ eventId, reason });
      continue;
    }
    accepted.push(eventId);
    if (result.status === "duplicate") duplicates++;
  }
  const unanswered = batch.length - accepted.length - rejected.length;
  return { settlement: { accepted, rejected }, duplicates, unanswered };
}
