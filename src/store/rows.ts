import { parseWith } from "../contract/parse.ts";
import type { Database } from "../platform/database.ts";
import { damagedDatabase } from "../platform/database_faults.ts";
import type { GenericSchema } from "valibot";

/** A prepared statement. */
export type Statement = ReturnType<Database["prepare"]>;

/** A value that a statement is run with. */
export type SqlParameter = string | number;

/** A row as SQLite returns it. */
export type Row = NonNullable<ReturnType<Statement["get"]>>;

/** Prepares each statement once, at its first use. */
export class Statements {
  readonly #database: Database;
  readonly #prepared = new Map<string, Statement>();

  /** Works on an open database. */
  constructor(database: Database) {
    this.#database = database;
  }

  /** The prepared statement of this SQL text. */
  of(sql: string): Statement {
    let statement = this.#prepared.get(sql);
    if (statement === undefined) {
      statement = this.#database.prepare(sql);
      this.#prepared.set(sql, statement);
    }
    return statement;
  }
}

/** A column that is always text. */
export function textOf(row: Row, column: string): string {
  const value = row[column];
  if (typeof value === "string") return value;
  throw damagedDatabase(null, `column "${column}" holds no text`);
}

/** A column that is text or empty. */
export function optionalText(row: Row, column: string): string | null {
  const value = row[column];
  return typeof value === "string" ? value : null;
}

/** A column that is a number or empty. */
export function optionalNumber(row: Row, column: string): number | null {
  const value = row[column];
  return typeof value === "number" || typeof value === "bigint" ? Number(value) : null;
}

/**
 * Reads JSON that a store wrote.
 *
 * @throws {TrackerError} `database_damaged` when it is not what was written.
 */
export function parseStored<T>(schema: GenericSchema<unknown, T>, json: string): T {
  const outcome = parseWith(schema, jsonOf(json));
  if (outcome.ok) return outcome.value;
  throw damagedDatabase(null, `"${outcome.path}" ${outcome.message}`);
}

/**
 * Reads any JSON that a store wrote.
 *
 * @throws {TrackerError} `database_damaged`.
 */
export function jsonOf(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    throw damagedDatabase(null, "a row holds broken JSON", error);
  }
}
