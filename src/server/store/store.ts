import type { Row } from "./row.ts";

/** A value that a statement takes. */
export type SqlValue = string | number | null;

/** Ends what was started. */
export type Stop = () => void;

/**
 * The host's database. Only `server/store/` hands it SQL. `one` and `all` read; a statement that changes rows and
 * returns them runs in a transaction.
 */
export interface HostStore {
  /** Returns the first row, or `null`. */
  one(sql: string, ...values: SqlValue[]): Promise<Row | null>;
  /** Returns all rows. */
  all(sql: string, ...values: SqlValue[]): Promise<Row[]>;
  /** Runs a statement; returns how many rows it changed. */
  run(sql: string, ...values: SqlValue[]): Promise<number>;
  /**
   * Runs `work` in one transaction, alone among the writers; rolls back when it throws. Inside, only the handle
   * is used: what is asked of the store itself waits for the end of the transaction. A transaction in a transaction
   * joins it. `work` waits for nothing but the handle. It may be done more than once: what was written before is rolled
   * back then.
   */
  transaction<T>(
    work: (tx: Transaction) => Promise<T>,
    options?: TransactionOptions,
  ): Promise<T>;
  /** Wakes those who listen to a channel; in a transaction, once it is committed. */
  notify(channel: string): Promise<void>;
  /** Calls `wake` at each notification of a channel. */
  listen(channel: string, wake: () => void): Promise<Stop>;
  /**
   * Returns a number that is another one once anything was written, by whatever process; `null` where that cannot be
   * told, as of data in memory, and in a transaction. Reads between two looks that gave the same number have seen one
   * state.
   */
  version(): Promise<number | null>;
  /** Returns how busy its connections are. */
  figures(): StoreFigures;
  /** The SQL it speaks. */
  readonly dialect: "sqlite" | "postgres";
  /** Closes it once the transactions before are done. */
  close(): Promise<void>;
}

/** How a transaction is done. */
export interface TransactionOptions {
  /**
   * Whether its work takes a few milliseconds at most; not unless given. On SQLite, short works that wait at the same time
   * are committed together, each by itself up to there: all wait for the disk, which takes most of the time, once.
   */
  readonly isShort?: boolean;
}

/** How busy the connections to the database are. */
export interface StoreFigures {
  /** Connections that are open. */
  readonly open: number;
  /** Those of them that do nothing. */
  readonly idle: number;
  /** Work that waits for one. */
  readonly waiting: number;
}

/** The handle of a transaction: good until it ends. */
export interface Transaction extends HostStore {
  /** Tells it from a store. */
  readonly isTransaction: true;
}

/** Tells a statement that only reads, which may run outside a transaction. */
export const READS = /^\s*(SELECT|WITH)\b/;

/** Reads from the store; throws what is wrong with it. */
export async function requireReadable(store: HostStore): Promise<void> {
  await store.one("SELECT 1");
}
