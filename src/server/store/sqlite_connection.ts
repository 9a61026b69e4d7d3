import type { Database } from "../../platform/database.ts";
import { storable } from "./dialect.ts";
import { integer, type Row } from "./row.ts";
import type { SqlValue } from "./store.ts";

/** A database with its statements, each prepared once. */
export class SqliteConnection {
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

  /** Whether a transaction is under way. SQLite itself rolls it back when the disk is at fault. */
  get isInTransaction(): boolean {
    return this.#database.isTransaction;
  }

  /** Begins a transaction. One that the disk did not let roll back is rolled back before. */
  begin(): void {
    this.rollBack();
    this.#database.exec("BEGIN IMMEDIATE");
  }

  commit(): void {
    this.#database.exec("COMMIT");
  }

  rollBack(): void {
    if (this.isInTransaction) this.#database.exec("ROLLBACK");
  }

  /** Begins a part of the transaction that can be undone alone. */
  beginPart(): void {
    this.#database.exec("SAVEPOINT part");
  }

  endPart(): void {
    this.#database.exec("RELEASE part");
  }

  undoPart(): void {
    this.#database.exec("ROLLBACK TO part; RELEASE part");
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
