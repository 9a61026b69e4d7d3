import type { Clock } from "../../platform/clock.ts";
import type { DatabaseOptions } from "../../platform/database.ts";
import type { Platform } from "../../platform/platform.ts";
import { Channels } from "./channels.ts";
import { HOST_MIGRATIONS } from "./migrations/migrations.ts";
import type { Row } from "./row.ts";
import { performAlone, SharedTransactions } from "./shared_transactions.ts";
import { SqliteConnection } from "./sqlite_connection.ts";
import {
  type HostStore,
  READS,
  type SqlValue,
  type Stop,
  type StoreFigures,
  type Transaction,
  type TransactionOptions,
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
    return new SqliteStore({
      writer: new SqliteConnection(writer),
      reader: reader === null ? null : new SqliteConnection(reader),
      clock: platform.clock,
    });
  } catch (error) {
    writer.close();
    throw error;
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
  readonly #writer: SqliteConnection;
  readonly #reader: SqliteConnection | null;
  readonly #turns = new Turns();
  readonly #channels = new Channels();
  readonly #shared: SharedTransactions;

  constructor(
    { writer, reader, clock }: {
      readonly writer: SqliteConnection;
      readonly reader: SqliteConnection | null;
      readonly clock: Clock;
    },
  ) {
    this.#writer = writer;
    this.#reader = reader;
    const [turns, channels] = [this.#turns, this.#channels];
    this.#shared = new SharedTransactions({ connection: writer, channels, turns, clock });
  }

  async one(sql: string, ...values: SqlValue[]): Promise<Row | null> {
    const ready = this.#readerOf(sql);
    return ready !== null
      ? ready.one(sql, values)
      : await this.#alone(() => this.#writer.one(sql, values));
  }

  async all(sql: string, ...values: SqlValue[]): Promise<Row[]> {
    const ready = this.#readerOf(sql);
    return ready !== null
      ? ready.all(sql, values)
      : await this.#alone(() => this.#writer.all(sql, values));
  }

  async run(sql: string, ...values: SqlValue[]): Promise<number> {
    return await this.#alone(() => this.#writer.run(sql, values));
  }

  async transaction<T>(
    work: (tx: Transaction) => Promise<T>,
    { isShort = false }: TransactionOptions = {},
  ): Promise<T> {
    return isShort
      ? await this.#shared.run(work)
      : await this.#turns.run(() => performAlone(this.#writer, this.#channels, work));
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
    return {
      open,
      idle: this.#turns.isFree ? open : open - 1,
      waiting: this.#turns.waiting + this.#shared.waiting,
    };
  }

  async close(): Promise<void> {
    await this.#shared.idle();
    await this.#turns.run(() => {
      this.#reader?.close();
      this.#writer.close();
    });
  }

  /** Does work with the writer outside a transaction: also outside one that the disk did not let roll back. */
  async #alone<T>(work: () => T): Promise<T> {
    return await this.#turns.run(() => {
      this.#writer.rollBack();
      return work();
    });
  }

  /** Returns the connection that can run a statement at once, or `null`. */
  #readerOf(sql: string): SqliteConnection | null {
    if (!READS.test(sql)) {
      throw new TypeError("A statement that changes rows runs in a transaction");
    }
    return this.#turns.isFree && !this.#writer.isInTransaction ? this.#writer : this.#reader;
  }
}
