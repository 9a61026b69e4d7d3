import * as v from "valibot";
import type { Database } from "../platform/database.ts";
import type { Platform } from "../platform/platform.ts";
import { clocksOf, type NodeClock, raise, tickTo } from "./node_clocks.ts";
import { EventQueue } from "./queue.ts";
import { integerOf, type Row, textOf } from "./queue_row.ts";

const PORTION = 1000;

const StampSchema = v.looseObject({ node_id: v.string(), lamport_clock: v.number() });

/**
 * Moves the events that were queued without a login into the queue of a login, see {@link moveEvents}. Returns how many
 * moved.
 */
export async function moveUnscopedEvents(
  platform: Platform,
  unscopedPath: string,
  target: EventQueue,
): Promise<number> {
  if (unscopedPath === target.path || await platform.files.stat(unscopedPath) === null) return 0;
  using source = await EventQueue.open(platform, unscopedPath);
  const moved = moveEvents(source, target);
  carryTold(source, target);
  if (moved > 0) carryClocks(source, target);
  return moved;
}

/**
 * Moves events from one queue to another. Each portion is first copied, then removed, both by event id: a kill in
 * between leaves events in both files, and the next call ends the work. An event keeps its id, time and place; its
 * Lamport clock is raised where the node's clock in the target is already past it, so that it keeps increasing. Returns
 * how many moved.
 *
 * @param which Condition of SQL for the events to move; all unless given.
 */
export function moveEvents(source: EventQueue, target: EventQueue, which = "TRUE"): number {
  let moved = 0;
  for (;;) {
    const rows = source.transact((database) =>
      database.prepare(
        `SELECT queue.*, reason, rejected_at FROM queue LEFT JOIN rejections USING (event_id)
         WHERE ${which} ORDER BY timestamp, id LIMIT ?`,
      ).all(PORTION)
    );
    if (rows.length === 0) return moved;
    target.transact((database) => copy(database, rows));
    source.transact((database) => remove(database, rows));
    moved += rows.length;
  }
}

/** Lets what one queue has been told be known to another, so that it is not queued there once more. */
function carryTold(source: EventQueue, target: EventQueue): void {
  const { told, looks } = source.transact((database) => ({
    told: database.prepare("SELECT event_id FROM told").all(),
    looks: database.prepare("SELECT place, mark FROM looks").all(),
  }));
  if (told.length === 0) return;
  target.transact((database) => {
    const tell = database.prepare("INSERT OR IGNORE INTO told (event_id) VALUES (?)");
    for (const row of told) tell.run(textOf(row, "event_id"));
    const note = database.prepare("INSERT OR IGNORE INTO looks (place, mark) VALUES (?, ?)");
    for (const row of looks) note.run(textOf(row, "place"), textOf(row, "mark"));
  });
}

/** Raises the clocks of one queue to those of another, and returns the clocks of the other. */
export function carryClocks(source: EventQueue, target: EventQueue): readonly NodeClock[] {
  const clocks = source.transact(clocksOf);
  target.transact((database) => {
    for (const clock of clocks) raise((sql) => database.prepare(sql), clock);
  });
  return clocks;
}

function copy(database: Database, rows: readonly Row[]): void {
  const known = database.prepare("SELECT 1 FROM queue WHERE event_id = ?");
  const insert = database.prepare(
    "INSERT INTO queue (event_id, event_type, data, timestamp, retry_count) VALUES (?, ?, ?, ?, ?)",
  );
  const note = database.prepare(
    "INSERT OR REPLACE INTO rejections (event_id, reason, rejected_at) VALUES (?, ?, ?)",
  );
  for (const row of rows) {
    const eventId = textOf(row, "event_id");
    if (known.get(eventId) !== undefined) continue;
    insert.run(
      eventId,
      textOf(row, "event_type"),
      restamp(database, textOf(row, "data")),
      integerOf(row, "timestamp"),
      integerOf(row, "retry_count"),
    );
    if (row["reason"] === null) continue;
    note.run(eventId, textOf(row, "reason"), integerOf(row, "rejected_at"));
  }
}

function remove(database: Database, rows: readonly Row[]): void {
  for (const table of ["queue", "rejections"]) {
    const statement = database.prepare(`DELETE FROM ${table} WHERE event_id = ?`);
    for (const row of rows) statement.run(textOf(row, "event_id"));
  }
}

function restamp(database: Database, data: string): string {
  const event = parseEvent(data);
  if (event === null) return data;
  const lamport = tickTo((sql) => database.prepare(sql), event.node_id, event.lamport_clock);
  return lamport === event.lamport_clock
    ? data
    : JSON.stringify({ ...event, lamport_clock: lamport });
}

function parseEvent(data: string): v.InferOutput<typeof StampSchema> | null {
  try {
    const parsed = v.safeParse(StampSchema, JSON.parse(data));
    return parsed.success ? parsed.output : null;
  } catch {
    // What cannot be read is moved as it is; it is never sent.
    return null;
  }
}
