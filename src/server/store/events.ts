import type { HostStore } from "./store.ts";

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

/** Stores an event; returns false when the team has one with this id. */
export async function insertEvent(store: HostStore, event: NewEvent): Promise<boolean> {
  const added = await store.run(
    `INSERT INTO events (team_id, event_id, user_id, node_id, lamport_clock, json, received_at)
     VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
    event.teamId,
    event.eventId,
    event.userId,
    event.nodeId,
    event.lamportClock,
    event.json,
    event.receivedAt,
  );
  return added === 1;
}
