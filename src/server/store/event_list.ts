import { type Page, pageOf, type PageRequest } from "../model/page.ts";
import { integer, type Row, text, textOrNull } from "./row.ts";
import type { HostStore, SqlValue } from "./store.ts";

/** An event that was received, as it is listed for people. */
export interface ListedEvent {
  readonly eventId: string;
  /** Who has sent it. */
  readonly user: string;
  readonly nodeId: string;
  /** The event in JSON; `null` when it is too large for a list. */
  readonly json: string | null;
  /** Milliseconds since 1970. */
  readonly receivedAt: number;
}

/** Most bytes of an event that is read for a list. */
const MAX_BYTES = 65_536;

/** Returns the events that a team has received, newest first. */
export async function listEvents(
  store: HostStore,
  teamId: string,
  { after, limit }: PageRequest,
): Promise<Page<ListedEvent>> {
  const place = placeIn(after);
  const values: SqlValue[] = place === null ? [] : [place.receivedAt, place.receivedAt, place.id];
  const rows = await store.all(
    `SELECT e.event_id, e.node_id, e.received_at, u.name AS user_name,
       CASE WHEN octet_length(e.json) <= ${MAX_BYTES} THEN e.json END AS json
     FROM events e LEFT JOIN users u ON u.id = e.user_id
     WHERE e.team_id = ? ${
      place === null ? "" : "AND e.received_at <= ? AND (e.received_at < ? OR e.event_id < ?)"
    }
     ORDER BY e.received_at DESC, e.event_id DESC LIMIT ?`,
    teamId,
    ...values,
    limit + 1,
  );
  return pageOf(rows.map(readEvent), limit, placeOf);
}

function placeOf({ receivedAt, eventId }: ListedEvent): string {
  return `${receivedAt}-${eventId}`;
}

function placeIn(after: string | null): { receivedAt: number; id: string } | null {
  const found = /^(\d{1,15})-(.+)$/s.exec(after ?? "");
  return found === null ? null : { receivedAt: Number(found[1]), id: found[2] ?? "" };
}

function readEvent(row: Row): ListedEvent {
  return {
    eventId: text(row, "event_id"),
    user: textOrNull(row, "user_name") ?? "Removed user",
    nodeId: text(row, "node_id"),
    json: textOrNull(row, "json"),
    receivedAt: integer(row, "received_at"),
  };
}
