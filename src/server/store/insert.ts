import type { Pause } from "../../platform/pauses.ts";
import type { Row } from "./row.ts";
import type { HostStore, SqlValue, Transaction } from "./store.ts";

/**
 * Adds a row: the values by their columns. `conflict` is what follows the values, such as `ON CONFLICT DO NOTHING`.
 * Returns how many rows were added or changed.
 */
export async function insertRow(
  store: HostStore,
  table: string,
  row: Readonly<Record<string, SqlValue>>,
  conflict: string = "",
): Promise<number> {
  return await store.run(inserting(table, Object.keys(row), 1, conflict), ...Object.values(row));
}

/**
 * Adds rows that all have the same columns, those of them that collide with none that is there, or comes before;
 * returns the places of those that were added, in order. `key` names columns no two rows may share the values of.
 */
export async function insertNewRows(
  tx: Transaction,
  table: string,
  rows: readonly Readonly<Record<string, SqlValue>>[],
  key: readonly string[],
): Promise<number[]> {
  const columns = Object.keys(rows[0] ?? {});
  const added: number[] = [];
  if (tx.dialect === "sqlite") {
    const statement = inserting(table, columns, 1, "ON CONFLICT DO NOTHING");
    for (const [place, row] of rows.entries()) {
      if (await tx.run(statement, ...Object.values(row)) === 1) added.push(place);
    }
    return added;
  }
  const nameOf = (row: Row) => JSON.stringify(key.map((column) => row[column]));
  for (const { from, part } of parts(rows)) {
    const conflict = `ON CONFLICT DO NOTHING RETURNING ${key.join(", ")}`;
    const values = part.flatMap((row) => Object.values(row));
    const found = await tx.all(inserting(table, columns, part.length, conflict), ...values);
    const names = new Set(found.map(nameOf));
    for (const [place, row] of part.entries()) {
      if (names.delete(nameOf(row))) added.push(from + place);
    }
  }
  return added;
}

/** Returns the statement that adds so many rows. */
function inserting(
  table: string,
  columns: readonly string[],
  count: number,
  conflict: string,
): string {
  const places = `(${columns.map(() => "?").join(", ")})`;
  const all = Array.from({ length: count }, () => places).join(", ");
  return `INSERT INTO ${table} (${columns.join(", ")}) VALUES ${all} ${conflict}`;
}

/**
 * Rows that one statement adds to PostgreSQL, which is asked over a network. Every statement that differs is kept
 * prepared, so there are few. SQLite adds one row in a statement: it copies pages first for one that adds several.
 */
const AT_ONCE = [100, 25, 5, 1] as const;

/** Rows that are added to SQLite, which computes in this process, before others have their turn: a millisecond's work. */
const BETWEEN_PAUSES = 50;

/** How rows are added. */
export interface InsertingOptions {
  /** What follows the values, as for {@link insertRow}. */
  readonly conflict?: string;
  /** Lets others have their turn. */
  readonly pause?: Pause | undefined;
}

/** Adds rows that all have the same columns. */
export async function insertRows(
  store: HostStore,
  table: string,
  rows: readonly Readonly<Record<string, SqlValue>>[],
  options: InsertingOptions = {},
): Promise<void> {
  const columns = Object.keys(rows[0] ?? {});
  await insertValues(store, { table, columns }, rows.map((row) => Object.values(row)), options);
}

/** Adds rows of which each is the values of these columns, in their order. */
export async function insertValues(
  store: HostStore,
  { table, columns }: { readonly table: string; readonly columns: readonly string[] },
  rows: readonly (readonly SqlValue[])[],
  { conflict = "", pause }: InsertingOptions = {},
): Promise<void> {
  if (store.dialect === "sqlite") {
    const statement = inserting(table, columns, 1, conflict);
    for (const [index, row] of rows.entries()) {
      if (index % BETWEEN_PAUSES === BETWEEN_PAUSES - 1) await pause?.();
      await store.run(statement, ...row);
    }
    return;
  }
  for (const { part } of parts(rows)) {
    await store.run(inserting(table, columns, part.length, conflict), ...part.flat());
  }
}

/** Divides rows into those of one statement of PostgreSQL each. */
function* parts<T>(
  rows: readonly T[],
): Generator<{ readonly from: number; readonly part: readonly T[] }> {
  for (let from = 0; from < rows.length;) {
    const count = AT_ONCE.find((count) => count <= rows.length - from) ?? 1;
    yield { from, part: rows.slice(from, from + count) };
    from += count;
  }
}
