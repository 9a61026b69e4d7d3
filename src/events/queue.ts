import type { EventEnvelope } from "../contract/events.ts";
import { type Database, inTransaction } from "../platform/database.ts";
import { dirname } from "../platform/paths.ts";
import type { Platform } from "../platform/platform.ts";
import { tick } from "./node_clocks.ts";
import { PARKED, PARKED_AFTER, QUEUE_MIGRATIONS, SENDABLE } from "./queue_schema.ts";
import { type ListedEvent, listEvents } from "./queue_list.ts";
import { countEvents, type QueueCounts } from "./queue_counts.ts";
import { integerOf, type Row, textOf } from "./queue_row.ts";

/** A place in the queue's order: seconds since 1970, then the row's number. */
export interface QueuePosition {
  readonly timestamp: number;
  readonly id: number;
}

/** An event as it lies in the queue. */
export interface QueuedEvent {
  readonly position: QueuePosition;
  readonly eventId: string;
  /** The envelope as JSON, sent as it is. */
  readonly data: string;
  /** Length of `data` in bytes of UTF-8. */
  readonly bytes: number;
}

/** What a batch holds at most. */
export interface BatchLimits {
  readonly events: number;
  /** Bytes of JSON, the frame around the events included. */
  readonly bytes: number;
}

/** What the host said about the events of a batch. */
export interface Settlement {
  /** Events the host has: they leave the queue. */
  readonly accepted: readonly string[];
  /** Events the host refused: they stay, their count one higher. */
  readonly rejected: readonly { readonly eventId: string; readonly reason: string }[];
}

/** What was looked at, and how it was found. */
export interface Look {
  readonly place: string;
  /** Stands for all that was seen there. */
  readonly mark: string;
}

/** An event whose id follows from what it tells. */
export interface DerivedEvent {
  readonly eventId: string;
  readonly build: (lamport: number, now: number) => EventEnvelope;
}

/** A warning that the queue holds more than the user set as its size. */
export interface SizeWarning {
  readonly count: number;
  readonly limit: number;
}

const DAY_MS = 86_400_000;
/** The columns of a {@link QueuedEvent}. */
const EVENT = "id, event_id, data, timestamp, octet_length(data) AS bytes";
/** The events that may be sent after a position, up to a row, in their order. */
const NEXT = `FROM queue WHERE ${SENDABLE} AND (timestamp, id) > (?, ?) AND id <= ?
  ORDER BY timestamp, id LIMIT ?`;
const FRAME_BYTES = '{"events":[]}'.length;

/**
 * The event queue of one login scope: a SQLite file that any number of processes may use at once.
 * Every change is one transaction; nothing leaves but by {@link EventQueue.settle}.
 */
export class EventQueue {
  /** The file. */
  readonly path: string;
  readonly #database: Database;
  readonly #platform: Platform;
  #recount = 0;
  /** Row numbers only grow: no row here is older than the one, and none that this object added newer than the other. */
  #oldest = 1;
  #newest = 0;

  private constructor(platform: Platform, path: string, database: Database) {
    this.#platform = platform;
    this.path = path;
    this.#database = database;
  }

  /**
   * Opens the queue at `path`; creates a missing one.
   *
   * @throws {TrackerError} `database_unusable`, `database_newer`.
   */
  static async open(platform: Platform, path: string): Promise<EventQueue> {
    await platform.files.makeDirectory(dirname(path), 0o700);
    const database = await platform.openDatabase(path, {
      durability: "full",
      migrations: QUEUE_MIGRATIONS,
    });
    return new EventQueue(platform, path, database);
  }

  /**
   * Opens an existing queue for looking only; `null` when there is none. The file of another program, or of an older
   * version of this one, is brought up to date first, which needs the right to write.
   *
   * @throws {TrackerError} `database_unusable`, `database_newer`.
   */
  static async openForReading(platform: Platform, path: string): Promise<EventQueue | null> {
    if (await platform.files.stat(path) === null) return null;
    const database = await platform.openDatabase(path, { readOnly: true });
    const version = database.prepare("PRAGMA user_version").get();
    if (integerOf(version, "user_version") === QUEUE_MIGRATIONS.length) {
      return new EventQueue(platform, path, database);
    }
    database.close();
    return await EventQueue.open(platform, path);
  }

  /**
   * Queues one event in one transaction: `build` gets the node's next Lamport clock and the time
   * (milliseconds since 1970), both taken inside, so that order, time and clock agree between processes.
   */
  append(nodeId: string, build: (lamport: number, now: number) => EventEnvelope): EventEnvelope {
    return inTransaction(this.#database, () => this.#insert(nodeId, build));
  }

  #insert(nodeId: string, build: (lamport: number, now: number) => EventEnvelope): EventEnvelope {
    const lamport = tick((sql) => this.#prepare(sql), nodeId);
    const now = this.#platform.clock.now();
    const event = build(lamport, now);
    const { lastInsertRowid } = this.#prepare(
      "INSERT INTO queue (event_id, event_type, data, timestamp) VALUES (?, ?, ?, ?)",
    ).run(event.event_id, event.event_type, JSON.stringify(event), Math.floor(now / 1000));
    this.#newest = Number(lastInsertRowid);
    return event;
  }

  /**
   * Queues events of a node that follow from what was looked at, in one transaction: those that were not queued by an
   * earlier look, whatever has become of them since. Returns how many; the looks themselves are noted.
   */
  appendOnce(
    nodeId: string,
    looks: readonly Look[],
    events: readonly DerivedEvent[],
  ): number {
    return inTransaction(this.#database, () => {
      const tell = this.#prepare("INSERT OR IGNORE INTO told (event_id) VALUES (?)");
      let queued = 0;
      for (const { eventId, build } of events) {
        if (Number(tell.run(eventId).changes) === 0 || this.has(eventId)) continue;
        this.#insert(nodeId, build);
        queued++;
      }
      const note = this.#prepare("INSERT OR REPLACE INTO looks (place, mark) VALUES (?, ?)");
      for (const { place, mark } of looks) note.run(place, mark);
      return queued;
    });
  }

  /** The mark of the last look at a place; `null` before the first. */
  lastLook(place: string): string | null {
    const row = this.#prepare("SELECT mark FROM looks WHERE place = ?").get(place);
    return row === undefined ? null : textOf(row, "mark");
  }

  /** Whether an event of this id waits here. */
  has(eventId: string): boolean {
    return this.#prepare("SELECT 1 FROM queue WHERE event_id = ?").get(eventId) !== undefined;
  }

  /** The number of the newest row, where an upload that starts now ends. */
  newest(): number {
    const row = this.#prepare("SELECT COALESCE(MAX(id), 0) AS newest FROM queue").get();
    return integerOf(row, "newest");
  }

  /**
   * Returns the next events that may be sent, oldest first, after `after` and up to row `until`. An event that
   * is larger than a whole batch comes alone.
   */
  readBatch(after: QueuePosition | null, until: number, limits: BatchLimits): QueuedEvent[] {
    const from = [after?.timestamp ?? -1, after?.id ?? -1, until] as const;
    // Lengths come first and rows then all at once: taking row by row is slow, all unseen may be much.
    const lengths = this.#prepare(`SELECT octet_length(data) AS bytes ${NEXT}`)
      .all(...from, limits.events);
    const count = countThatFit(lengths, limits.bytes);
    return this.#prepare(`SELECT ${EVENT} ${NEXT}`).all(...from, count).map(queuedEvent);
  }

  /** Returns the events of these ids that are still here, in the order of the ids. */
  read(eventIds: readonly string[]): QueuedEvent[] {
    const one = this.#prepare(`SELECT ${EVENT} FROM queue WHERE event_id = ?`);
    return eventIds.flatMap((eventId) => {
      const row = one.get(eventId);
      return row === undefined ? [] : [queuedEvent(row)];
    });
  }

  /** Applies the host's answer in one transaction; skips an event that is already gone. */
  settle(settlement: Settlement): { removed: number; parked: number } {
    const now = this.#platform.clock.now();
    return inTransaction(this.#database, () => {
      const outcome = { removed: 0, parked: 0 };
      const remove = this.#prepare("DELETE FROM queue WHERE event_id = ?");
      const forget = this.#hasRejections()
        ? this.#prepare("DELETE FROM rejections WHERE event_id = ?")
        : null;
      for (const eventId of settlement.accepted) {
        outcome.removed += Number(remove.run(eventId).changes);
        forget?.run(eventId);
      }
      const charge = this.#prepare(
        "UPDATE queue SET retry_count = retry_count + 1 WHERE event_id = ? RETURNING retry_count",
      );
      const note = this.#prepare(
        "INSERT OR REPLACE INTO rejections (event_id, reason, rejected_at) VALUES (?, ?, ?)",
      );
      for (const { eventId, reason } of settlement.rejected) {
        const charged = charge.get(eventId);
        if (charged === undefined) continue;
        note.run(eventId, reason, now);
        if (integerOf(charged, "retry_count") === PARKED_AFTER) outcome.parked++;
      }
      return outcome;
    });
  }

  /** Lets parked events be sent again, those named or all, and returns how many. */
  retryParked(eventIds?: readonly string[]): number {
    return inTransaction(this.#database, () => {
      const reset = `UPDATE queue SET retry_count = 0 WHERE ${PARKED}`;
      if (eventIds === undefined) return Number(this.#prepare(reset).run().changes);
      const one = this.#prepare(`${reset} AND event_id = ?`);
      return eventIds.reduce((sum, eventId) => sum + Number(one.run(eventId).changes), 0);
    });
  }

  /** Counts the events. */
  counts(): QueueCounts {
    return countEvents(this.#database);
  }

  /**
   * Events in the queue's order, read in portions as they are taken: all, or only the parked ones.
   *
   * @throws {TrackerError} `database_damaged`.
   */
  list(options: { readonly parked?: boolean } = {}): Generator<ListedEvent> {
    return listEvents(this.#database, options.parked === true);
  }

  /**
   * Says once a day that the queue holds more than `limit` events; `null` on every other call. Cheap
   * enough to ask after every append.
   */
  sizeWarning(limit: number): SizeWarning | null {
    // The span of row numbers is never less than the count, and needs no scan; mostly not even a look.
    if (this.#newest > 0 && this.#newest - this.#oldest < limit) return null;
    const ends = this.#prepare(
      "SELECT COALESCE((SELECT MIN(id) FROM queue), 1) AS oldest, " +
        "COALESCE((SELECT MAX(id) FROM queue), 0) AS newest",
    ).get();
    this.#oldest = integerOf(ends, "oldest");
    const span = integerOf(ends, "newest") - this.#oldest + 1;
    if (span <= limit || this.#recount-- > 0) return null;
    this.#recount = 1000;
    const now = this.#platform.clock.now();
    return inTransaction(this.#database, () => {
      const last = this.#prepare("SELECT given_at FROM notices WHERE name = 'size'").get();
      if (last !== undefined && now - integerOf(last, "given_at") < DAY_MS) return null;
      const count = integerOf(this.#prepare("SELECT COUNT(*) AS n FROM queue").get(), "n");
      if (count <= limit) return null;
      this.#prepare("INSERT OR REPLACE INTO notices (name, given_at) VALUES ('size', ?)").run(now);
      return { count, limit };
    });
  }

  /** Runs `work` on the file in one transaction; for moving events between scopes. */
  transact<T>(work: (database: Database) => T): T {
    return inTransaction(this.#database, () => work(this.#database));
  }

  /** Closes the file. */
  close(): void {
    this.#statements.clear();
    this.#database.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  readonly #statements = new Map<string, ReturnType<Database["prepare"]>>();

  #prepare(sql: string): ReturnType<Database["prepare"]> {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.#database.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }

  #hasRejections(): boolean {
    const row = this.#prepare("SELECT EXISTS (SELECT 1 FROM rejections) AS some").get();
    return integerOf(row, "some") === 1;
  }
}

/** How many events of these lengths a batch takes; the first one always. */
function countThatFit(lengths: readonly Row[], limit: number): number {
  let bytes = FRAME_BYTES;
  const over = lengths.findIndex((row, place) => {
    bytes += integerOf(row, "bytes") + 1;
    return place > 0 && bytes > limit;
  });
  return over < 0 ? lengths.length : over;
}

function queuedEvent(row: Row): QueuedEvent {
  return {
    position: { timestamp: integerOf(row, "timestamp"), id: integerOf(row, "id") },
    eventId: textOf(row, "event_id"),
    data: textOf(row, "data"),
    bytes: integerOf(row, "bytes"),
  };
}
