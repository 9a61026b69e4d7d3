import { sha256Hex } from "../../platform/random.ts";
import { storable } from "./dialect.ts";
import type { HostTable } from "./host_tables.ts";
import { insertValues } from "./insert.ts";
import { integer, type Row } from "./row.ts";
import type { HostStore, SqlValue, Transaction } from "./store.ts";

/** What a table holds: the number of its rows, and a digest of all values in the order of its key. */
export interface TableContent {
  readonly table: string;
  readonly rows: number;
  readonly digest: string;
}

/** Told after each portion of rows. */
export type CopyProgress = (table: string, rows: number) => void;

/** Rows that are read at a time, and bytes of their texts, unless one row has more: each is held several times. */
const ROWS_AT_ONCE = 500;
const BYTES_AT_ONCE = 2 * 1024 * 1024;

/** Returns whether no table holds a row. What a new database begins with does not count. */
export async function isEmpty(store: HostStore, tables: readonly HostTable[]): Promise<boolean> {
  for (const { name } of tables.filter(({ name }) => !BEGUN_WITH.includes(name))) {
    if (await store.one(`SELECT 1 FROM ${name} LIMIT 1`) !== null) return false;
  }
  return true;
}

/** A new database holds the repairs that its data may need. */
const BEGUN_WITH: readonly string[] = ["repairs"];

/** Copies all rows of the tables into empty ones, and returns what was read. */
export async function copyRows(
  from: HostStore,
  to: Transaction,
  tables: readonly HostTable[],
  onProgress: CopyProgress,
): Promise<TableContent[]> {
  for (const name of BEGUN_WITH) await to.run(`DELETE FROM ${name}`);
  const contents: TableContent[] = [];
  for (const table of tables) {
    contents.push(
      await walk(from, table, async (rows, count) => {
        await insertValues(to, { table: table.name, columns: table.columns }, rows);
        onProgress(table.name, count);
      }),
    );
    if (table.counted !== null) await continueCounting(to, table.name, table.counted);
  }
  return contents;
}

/** Returns what the tables hold. */
export async function contentOf(
  store: HostStore,
  tables: readonly HostTable[],
  onProgress: CopyProgress,
): Promise<TableContent[]> {
  const contents: TableContent[] = [];
  for (const table of tables) {
    contents.push(
      await walk(store, table, (_rows, count) => Promise.resolve(onProgress(table.name, count))),
    );
  }
  return contents;
}

/** Returns how many rows the tables hold together. */
export async function rowsIn(store: HostStore, tables: readonly HostTable[]): Promise<number> {
  let rows = 0;
  for (const { name } of tables) {
    const row = await store.one(`SELECT count(*) AS n FROM ${name}`);
    rows += row === null ? 0 : integer(row, "n");
  }
  return rows;
}

type Values = readonly SqlValue[];

/** Reads a table in the order of its key, a portion at a time; the number is that of all rows so far. */
async function walk(
  store: HostStore,
  table: HostTable,
  each: (rows: readonly Values[], count: number) => Promise<void>,
): Promise<TableContent> {
  let digest = "";
  let count = 0;
  await inPortions(store, table, async (rows) => {
    digest = await sha256Hex(`${digest}${JSON.stringify(rows)}`);
    count += rows.length;
    await each(rows, count);
  });
  return { table: table.name, rows: count, digest };
}

async function inPortions(
  store: HostStore,
  table: HostTable,
  each: (rows: readonly Values[]) => Promise<void>,
): Promise<void> {
  const { key, columns, texts, name } = table;
  const listed = columns.join(", ");
  if (key.length === 0) {
    // Such tables are small. Both databases have NULL first.
    const order = columns.map((column) => `${column} NULLS FIRST`).join(", ");
    const rows = await store.all(`SELECT ${listed} FROM ${name} ORDER BY ${order}`);
    for (let at = 0; at < rows.length; at += ROWS_AT_ONCE) {
      await each(rows.slice(at, at + ROWS_AT_ONCE).map((row) => valuesOf(row, columns)));
    }
    return;
  }
  const order = key.join(", ");
  const places = key.map(() => "?").join(", ");
  let after: Values | null = null;
  for (;;) {
    const [where, values]: [string, Values] = after === null
      ? ["", []]
      : [`WHERE (${order}) > (${places})`, after];
    const next = `FROM ${name} ${where} ORDER BY ${order} LIMIT`;
    const rows: Row[] = await store.all(
      `SELECT ${listed} ${next} ?`,
      ...values,
      texts.length === 0
        ? ROWS_AT_ONCE
        : await rowsThatFit(store, table, `${next} ${ROWS_AT_ONCE}`, values),
    );
    const last = rows.at(-1);
    if (last === undefined) return;
    after = valuesOf(last, key);
    await each(rows.map((row) => valuesOf(row, columns)));
  }
}

/** Returns how many of the next rows are read at a time, one at least. Both databases find the same number. */
async function rowsThatFit(
  store: HostStore,
  { texts, key }: HostTable,
  next: string,
  values: Values,
): Promise<number> {
  const bytes = texts.map((column) => `COALESCE(octet_length(${column}), 0)`).join(" + ");
  const row = await store.one(
    `SELECT COUNT(*) AS rows_that_fit FROM (
       SELECT SUM(bytes) OVER (ORDER BY ${key.join(", ")} ROWS UNBOUNDED PRECEDING) AS so_far FROM (
         SELECT ${key.join(", ")}, ${bytes} AS bytes ${next}) AS next_rows) AS summed
     WHERE so_far <= ${BYTES_AT_ONCE}`,
    ...values,
  );
  return Math.max(1, row === null ? 0 : integer(row, "rows_that_fit"));
}

/** Lets PostgreSQL count on from the highest number that was copied; SQLite does so by itself. */
async function continueCounting(to: Transaction, table: string, column: string): Promise<void> {
  if (to.dialect === "sqlite") return;
  await to.one(
    `SELECT setval(pg_get_serial_sequence('${table}', '${column}'), MAX(${column}))
     FROM ${table} HAVING MAX(${column}) IS NOT NULL`,
  );
}

function valuesOf(row: Row, columns: readonly string[]): Values {
  return columns.map((column) => {
    const value = row[column];
    if (typeof value === "string" || typeof value === "number" || value === null) {
      return storable(value);
    }
    throw new TypeError(`Column "${column}" holds something else than text or a number`);
  });
}
