import type { Database, DatabaseOptions } from "../../platform/database.ts";
import type { Platform } from "../../platform/platform.ts";
import { Channels } from "./channels.ts";
import { storable } from "./dialect.ts";
import { HOST_MIGRATIONS } from "./migrations/migrations.ts";
import { integer, type Row } from "./row.ts";
import {
  type HostStore,
  READS,
  type SqlValue,
  type Stop,
  type StoreFigures,
  type Transaction,
} from "./store.ts";
import { openingHost } from "./sqlite_faults.ts";
import { sqliteVersion } from "./sqlite_reading.ts";
import { Turns } from "./turns.ts";

/** The path of a database that lives in memory and leaves nothing behind. */
export const IN_MEMORY = ":memory:";

/** Bytes of a page of a new file. An issue takes about 3 kB: two fit, where one would leave a quarter of 4 kB empty. */
const PAGE_BYTES = 8_192;

/**
 * Opens a store in an SQLite file, creates it when it is missing, and brings it to the newest schema.
 *
 * @throws {TrackerError} `database_unusable`, `database_damaged`, `database_newer`, `database_foreign`.
 */
export async function openSqliteStore(
  platform: Platform,
  path: string,
  options: Pick<DatabaseOptions, "isExclusive" | "busyTimeoutMs"> = {},
): Promise<HostStore> {
  const isThere = path !== IN_MEMORY && ((await platform.files.stat(path))?.size ?? 0) > 0;
  // Fails for the database of another program, before anything is put into it.
  if (isThere) await sqliteVersion(platform, path);
  const writer = await openingHost(() =>
    platform.openDatabase(path, {
      ...options,
      migrations: HOST_MIGRATIONS,
      durability: "full",
      pageBytes: PAGE_BYTES,
    })
  );
  try {
    // A database in memory, or one that is kept from others, is one connection's alone.
    const reader = path === IN_MEMORY || options.isExclusive === true
      ? null
      : await platform.openDatabase(path, { readOnly: true });
    return new SqliteStore(new Connection(writer), reader === null ? null : new Connection(reader));
  } catch (error) {
    writer.close();
    throw error;
  }
}

/** A database with its statements, each prepared once. */
class Connection {
  readonly #database: Database;
  readonly #statements = new Map<string, ReturnType<Database["prepare"]>>();

  constructor(database: Database) {
    this.#database = database;
  }

  one(sql: string, values: readonly SqlValue[]): Row | null {
    return this.#statement(sql).get(...values.map(storable)) ?? null;
  }

  all(sql: string, values: readonly SqlValue[]): Row[] {
    return this.#statement(sql).all(...values.map(storable));
  }

  run(sql: string, values: readonly SqlValue[]): number {
    return Number(this.#statement(sql).run(...values.map(storable)).changes);
  }

  /** Returns a number that changes with every commit of another connection, of this process or another one. */
  version(): number {
    return integer(this.#statement("PRAGMA data_version").get() ?? {}, "data_version");
  }

  begin(): void {
    this.#database.exec("BEGIN IMMEDIATE");
  }

  commit(): void {
    this.#database.exec("COMMIT");
  }

  /** SQLite itself has rolled back when the disk was at fault. */
  rollBack(): void {
    if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
  }

  close(): void {
    this.#statements.clear();
    if (this.#database.isOpen) this.#database.close();
  }

  #statement(sql: string): ReturnType<Database["prepare"]> {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.#database.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }
}

/**
 * Runs one writer at a time, behind a fair queue. A read beside a transaction has a connection of its own: it does not
 * wait, and sees what was committed last. In memory there is no other connection, so that the read waits for the
 * transaction, whose changes it would see too early. Without a transaction the writer's connection reads, since its
 * pages are the ones in memory.
 */
class SqliteStore implements HostStore {
  readonly dialect = "sqlite";
  readonly #writer: Connection;
  readonly #reader: Connection | null;
  readonly #turns = new Turns();
  readonly #channels = new Channels();

  constructor(writer: Connection, reader: Connection | null) {
    this.#writer = writer;
    this.#reader = reader;
  }

  async one(sql: string, ...values: SqlValue[]): Promise<Row | null> {
    const ready = this.#readerOf(sql);
    return ready !== null
      ? ready.one(sql, values)
      : await this.#turns.run(() => this.#writer.one(sql, values));
  }

  async all(sql: string, ...values: SqlValue[]): Promise<Row[]> {
    const ready = this.#readerOf(sql);
    return ready !== null
      ? ready.all(sql, values)
      : await this.#turns.run(() => this.#writer.all(sql, values));
  }

  async run(sql: string, ...values: SqlValue[]): Promise<number> {
    return await this.#turns.run(() => this.#writer.run(sql, values));
  }

  async transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    const tx = new SqliteTransaction(this.#writer, this.#channels);
    return await this.#turns.run(() => tx.perform(work));
  }

  notify(channel: string): Promise<void> {
    this.#channels.notify(channel);
    return Promise.resolve();
  }

  listen(channel: string, wake: () => void): Promise<Stop> {
    return Promise.resolve(this.#channels.listen(channel, wake));
  }

  /** The connection that only reads sees every write. Without one, the file is this process's alone, or in memory. */
  version(): Promise<number | null> {
    return Promise.try(() => this.#reader?.version() ?? null);
  }

  figures(): StoreFigures {
    const open = this.#reader === null ? 1 : 2;
    return { open, idle: this.#turns.isFree ? open : open - 1, waiting: this.#turns.waiting };
  }

  async close(): Promise<void> {
    await this.#turns.run(() => {
      this.#reader?.close();
      this.#writer.close();
    });
  }

  /** Returns the connection that can run a statement at once, or `null`. */
  #readerOf(sql: string): Connection | null {
    if (!READS.test(sql)) {
      throw new TypeError("A statement that changes rows runs in a transaction");
    }
    return this.#turns.isFree ? this.#writer : this.#reader;
  }
}

/** The writer's connection for as long as one transaction lasts. */
class SqliteTransaction implements Transaction {
  readonly dialect = "sqlite";
  readonly isTransaction = true;
  readonly #connection: Connection;
  readonly #channels: Channels;
  readonly #notified = new Set<string>();
  #isOpen = false;

  constructor(connection: Connection, channels: Channels) {
    this.#connection = connection;
    this.#channels = channels;
  }

  /** Begins, works, and commits or rolls back. */
  async perform<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    this.#connection.begin();
    this.#isOpen = true;
    try {
      const result = await work(this);
      this.#connection.commit();
      for (const channel of this.#notified) this.#channels.notify(channel);
      return result;
    } catch (error) {
      this.#connection.rollBack();
      throw error;
    } finally {
      this.#isOpen = false;
    }
  }

  async one(sql: string, ...values: SqlValue[]): Promise<Row | null> {
    return await this.#open().one(sql, values);
  }

  async all(sql: string, ...values: SqlValue[]): Promise<Row[]> {
    return await this.#open().all(sql, values);
  }

  async run(sql: string, ...values: SqlValue[]): Promise<number> {
    return await this.#open().run(sql, values);
  }

  async transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    this.#open();
    return await work(this);
  }

  notify(channel: string): Promise<void> {
    this.#notified.add(channel);
    return Promise.resolve();
  }

  listen(channel: string, wake: () => void): Promise<Stop> {
    return Promise.resolve(this.#channels.listen(channel, wake));
  }

  version(): Promise<null> {
    return Promise.resolve(null);
  }

  figures(): StoreFigures {
    return { open: 1, idle: 0, waiting: 0 };
  }

  close(): Promise<void> {
    return Promise.reject(new TypeError("A transaction is ended by its work, not closed"));
  }

  /** Refuses what comes after the end, as from a promise that was not awaited. */
  #open(): Connection {
    if (!this.#isOpen) throw new TypeError("The transaction has ended");
    return this.#connection;
  }
}
