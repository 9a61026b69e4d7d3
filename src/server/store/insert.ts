import type { Pause } from "../../platform/pauses.ts";
import type { HostStore, SqlValue } from "./store.ts";

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
  { conflict = "", pause }: InsertingOptions = {},
): Promise<void> {
  const columns = Object.keys(rows[0] ?? {});
  if (store.dialect === "sqlite") {
    const statement = inserting(table, columns, 1, conflict);
    for (const [index, row] of rows.entries()) {
      if (index % BETWEEN_PAUSES === BETWEEN_PAUSES - 1) await pause?.();
      await store.run(statement, ...Object.values(row));
    }
    return;
  }
  for (let from = 0; from < rows.length;) {
    const count = AT_ONCE.find((count) => count <= rows.length - from) ?? 1;
    const values = rows.slice(from, from + count).flatMap((row) => Object.values(row));
    await store.run(inserting(table, columns, count, conflict), ...values);
    from += count;
  }
}
