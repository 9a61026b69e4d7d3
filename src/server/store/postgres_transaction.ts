import type { PoolClient } from "pg";
import { faultOf, isCollision, isLost, ofDriver } from "./postgres_faults.ts";
import type { PostgresListener } from "./postgres_listener.ts";
import { NOTIFY, type Outcome, type PostgresStatements } from "./postgres_statements.ts";
import type { Row } from "./row.ts";
import type { SqlValue, Stop, StoreFigures, Transaction } from "./store.ts";

/** A connection that breaks fails the statement under way, which tells of it. */
export function ignoreBreak(): void {}

/** One connection for as long as one transaction lasts. */
export class PostgresTransaction implements Transaction {
  readonly dialect = "postgres";
  readonly isTransaction = true;
  readonly #client: PoolClient;
  readonly #statements: PostgresStatements;
  readonly #listener: PostgresListener;
  /** Channels to notify once it is committed. */
  readonly #notified = new Set<string>();
  #isOpen = true;
  /** What made the first statement fail: after it PostgreSQL does nothing more in this transaction. */
  #failure: unknown = null;

  constructor(client: PoolClient, statements: PostgresStatements, listener: PostgresListener) {
    this.#client = client;
    this.#statements = statements;
    this.#listener = listener;
  }

  /** Works, and commits or rolls back what was begun. */
  async perform<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    // A connection that cannot roll back, or whose end nobody knows, is not used again.
    let isSpent = true;
    try {
      const result = await work(this);
      // To commit would succeed, and commit nothing.
      if (this.#failure !== null) throw this.#failure;
      this.#isOpen = false;
      await ofDriver(this.#client.query("COMMIT"));
      isSpent = false;
      for (const channel of this.#notified) this.#listener.wake(channel);
      return result;
    } catch (error) {
      this.#isOpen = false;
      const reason = faultOf(this.#failure) === null && !isCollision(this.#failure)
        ? error
        : this.#failure;
      if (!isLost(reason)) {
        await this.#client.query("ROLLBACK").then(() => isSpent = false, ignoreBreak);
      }
      throw reason;
    } finally {
      this.#client.release(isSpent);
    }
  }

  async one(sql: string, ...values: SqlValue[]): Promise<Row | null> {
    return (await this.all(sql, ...values))[0] ?? null;
  }

  async all(sql: string, ...values: SqlValue[]): Promise<Row[]> {
    return (await this.#query(sql, values)).rows;
  }

  async run(sql: string, ...values: SqlValue[]): Promise<number> {
    return (await this.#query(sql, values)).rowCount ?? 0;
  }

  async transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    this.#requireOpen();
    return await work(this);
  }

  async notify(channel: string): Promise<void> {
    await this.#query(NOTIFY, [this.#listener.payloadOf(channel)]);
    this.#notified.add(channel);
  }

  async listen(channel: string, wake: () => void): Promise<Stop> {
    return await this.#listener.listen(channel, wake);
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

  async #query(sql: string, values: readonly SqlValue[]): Promise<Outcome> {
    this.#requireOpen();
    try {
      return await this.#statements.run(this.#client, sql, values);
    } catch (error) {
      this.#failure ??= error;
      throw error;
    }
  }

  /** Refuses what comes after the end, as from a promise that was not awaited. */
  #requireOpen(): void {
    if (!this.#isOpen) throw new TypeError("The transaction has ended");
  }
}
