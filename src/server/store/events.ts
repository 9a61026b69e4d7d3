import type { HostStore } from "./store.ts";
import { insertRow } from "./insert.ts";

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

/** Stores an event, which the caller looks into; returns false when the team has one with this id. */
export async function insertEvent(store: HostStore, event: NewEvent): Promise<boolean> {
  const added = await insertRow(store, "events", {
    team_id: event.teamId,
    event_id: event.eventId,
    user_id: event.userId,
    node_id: event.nodeId,
    lamport_clock: event.lamportClock,
    json: event.json,
    received_at: event.receivedAt,
    noted: 1,
  }, "ON CONFLICT DO NOTHING");
  return added === 1;
}
