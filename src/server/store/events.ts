import { insertNewRows } from "./insert.ts";
import type { Transaction } from "./store.ts";

/** An event to be stored. */
export interface NewEvent {
  /** Empty for a sender without a team. */
  readonly teamId: string;
  readonly eventId: string;
  readonly userId: string;
  readonly nodeId: string;
  readonly lamportClock: number;
  /** The event in JSON, as sent. */
  readonly json: string;
  /** Milliseconds since 1970. */
  readonly receivedAt: number;
}

/**
 * Stores events, which the caller looks into; returns the places of those that are new. Of two with one id, and where the
 * team has one with this id, the later is not.
 */
export async function insertEvents(
  tx: Transaction,
  events: readonly NewEvent[],
): Promise<ReadonlySet<number>> {
  const rows = events.map((event) => ({
    team_id: event.teamId,
    event_id: event.eventId,
    user_id: event.userId,
    node_id: event.nodeId,
    lamport_clock: event.lamportClock,
    json: event.json,
    received_at: event.receivedAt,
    noted: 1,
  }));
  return new Set(await insertNewRows(tx, "events", rows, ["team_id", "event_id"]));
}
