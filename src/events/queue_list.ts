import { isJsonObject } from "../contract/field.ts";
import type { Database } from "../platform/database.ts";
import type { Row } from "./queue_row.ts";
import { HAS_PROJECT, PARKED } from "./queue_schema.ts";

/** An event in a listing. */
export interface ListedEvent {
  readonly eventId: string;
  readonly eventType: string;
  /** When it was queued, milliseconds since 1970. */
  readonly queuedAt: number;
  /** Times the host rejected it. */
  readonly retryCount: number;
  readonly parked: boolean;
  /** False for an event without a project, which is kept and never sent. */
  readonly sendable: boolean;
  /** Why the host last rejected it, or `null`. */
  readonly reason: string | null;
  /** The envelope as JSON. */
  readonly data: string;
  /** False when `data` is no JSON object: such an event is kept and never sent. */
  readonly readable: boolean;
}

/** Rows that are held at a time. */
const PORTION = 500;

/** Events in the queue's order, a portion at a time. A row that holds something else than it should is one of them. */
export function* listEvents(database: Database, onlyParked: boolean): Generator<ListedEvent> {
  // The order is taken first, as numbers alone: sorting whole rows again for each portion would be slow.
  const ids = database.prepare(
    `SELECT id FROM queue WHERE ${onlyParked ? PARKED : "TRUE"} ORDER BY timestamp, id`,
  ).all().map((row) => Number(row["id"]));
  const portion = database.prepare(
    `SELECT queue.event_id, event_type, data, timestamp, retry_count, reason,
      ${PARKED} AS parked, ${HAS_PROJECT} AS has_project
     FROM json_each(?) AS wanted JOIN queue ON queue.id = wanted.value
     LEFT JOIN rejections ON rejections.event_id = queue.event_id ORDER BY wanted.key`,
  );
  for (let start = 0; start < ids.length; start += PORTION) {
    const rows = portion.all(JSON.stringify(ids.slice(start, start + PORTION)));
    for (const row of rows) yield listed(row);
  }
}

function listed(row: Row): ListedEvent {
  const data = shown(row["data"]);
  return {
    eventId: shown(row["event_id"]),
    eventType: shown(row["event_type"]),
    queuedAt: number(row["timestamp"]) * 1000,
    retryCount: number(row["retry_count"]),
    parked: row["parked"] === 1,
    sendable: row["has_project"] === 1,
    reason: row["reason"] === null ? null : shown(row["reason"]),
    data,
    readable: isObject(data),
  };
}

/** SQLite keeps any kind of value in any column. */
function shown(value: unknown): string {
  return value instanceof Uint8Array ? new TextDecoder().decode(value) : String(value ?? "");
}

function number(value: unknown): number {
  return typeof value === "number" && value >= 0 && value <= LAST_SECOND ? value : 0;
}

/** The end of the times that can be shown. */
const LAST_SECOND = 8_640_000_000_000;

function isObject(json: string): boolean {
  try {
    return isJsonObject(JSON.parse(json));
  } catch {
    return false;
  }
}
