import type { Channels } from "./channels.ts";
import type { Row } from "./row.ts";
import type { SqliteConnection } from "./sqlite_connection.ts";
import type { SqlValue, Stop, StoreFigures, Transaction } from "./store.ts";

/** The writer's connection for as long as one transaction lasts. */
export class SqliteTransaction implements Transaction {
  readonly dialect = "sqlite";
  readonly isTransaction = true;
  readonly #connection: SqliteConnection;
  readonly #channels: Channels;
  readonly #notified = new Set<string>();
  #isOpen = false;

  constructor(connection: SqliteConnection, channels: Channels) {
    this.#connection = connection;
    this.#channels = channels;
  }

  /** Does work with this handle, which is good until the work ends. */
  async perform<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    this.#isOpen = true;
    try {
      return await work(this);
    } finally {
      this.#isOpen = false;
    }
  }

  /** Wakes those who listen to what was notified: once it is committed. */
  wake(): void {
    for (const channel of this.#notified) this.#channels.notify(channel);
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
  #open(): SqliteConnection {
    if (!this.#isOpen) throw new TypeError("The transaction has ended");
    return this.#connection;
  }
}
