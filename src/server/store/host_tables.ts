import type { Platform } from "../../platform/platform.ts";
import { integer, text } from "./row.ts";
import { IN_MEMORY, openSqliteStore } from "./sqlite.ts";
import type { HostStore } from "./store.ts";

/** A table of the newest schema, as far as copying its rows asks. */
export interface HostTable {
  readonly name: string;
  readonly columns: readonly string[];
  /** Those of the columns that hold text. */
  readonly texts: readonly string[];
  /** The columns of the primary key, in its order; none where there is no such key. */
  readonly key: readonly string[];
  /** The column whose numbers the database counts itself, or `null`. */
  readonly counted: string | null;
}

/** Tables whose rows belong to one database alone: limits, and the index of words, which each keeps itself. */
const LEFT_OUT = /^(limits|search_(places|words(_\w+)?))$/;

/** Returns the tables of the newest schema, each after those that it refers to. */
export async function hostTables(platform: Platform): Promise<HostTable[]> {
  const store = await openSqliteStore(platform, IN_MEMORY);
  try {
    const rows = await store.all(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND substr(name, 1, 7) <> 'sqlite_' ORDER BY name",
    );
    const names = rows.map((row) => text(row, "name")).filter((name) => !LEFT_OUT.test(name));
    return inOrder(await Promise.all(names.map((name) => readTable(store, name))));
  } finally {
    await store.close();
  }
}

interface ReferringTable extends HostTable {
  readonly refersTo: readonly string[];
}

async function readTable(store: HostStore, name: string): Promise<ReferringTable> {
  const columns = await store.all(
    "SELECT name, type, pk FROM pragma_table_info(?) ORDER BY cid",
    name,
  );
  const foreign = await store.all(
    `SELECT DISTINCT "table" AS name FROM pragma_foreign_key_list(?)`,
    name,
  );
  const key = columns.filter((row) => integer(row, "pk") > 0)
    .sort((one, other) => integer(one, "pk") - integer(other, "pk"));
  const [first] = key;
  const isCounted = key.length === 1 && first !== undefined && text(first, "type") === "INTEGER";
  return {
    name,
    columns: columns.map((row) => text(row, "name")),
    texts: columns.filter((row) => text(row, "type") === "TEXT").map((row) => text(row, "name")),
    key: key.map((row) => text(row, "name")),
    counted: isCounted ? text(first, "name") : null,
    refersTo: foreign.map((row) => text(row, "name")).filter((other) => other !== name),
  };
}

function inOrder(tables: readonly ReferringTable[]): HostTable[] {
  const ordered: ReferringTable[] = [];
  const left = new Set(tables);
  while (left.size > 0) {
    const ready = [...left].filter(({ refersTo }) =>
      refersTo.every((name) => ordered.some((done) => done.name === name))
    );
    if (ready.length === 0) throw new TypeError("The tables refer to each other in a circle");
    for (const table of ready) {
      ordered.push(table);
      left.delete(table);
    }
  }
  return ordered;
}
