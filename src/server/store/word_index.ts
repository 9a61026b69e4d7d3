import { integer, text } from "./row.ts";
import type { HostStore, Transaction } from "./store.ts";

/** The index of PostgreSQL: of issues by every three characters of a word. */
export const POSTGRES_INDEX = "issues_by_words";

/**
 * Drops the index of PostgreSQL before many rows are added: to make it of all of them takes half as long as to add each
 * (`ensureWordIndex`). Where the user of the connection may not, it stays.
 */
export async function dropWordIndex(tx: Transaction): Promise<void> {
  if (tx.dialect === "sqlite") return;
  const droppable = await tx.one(
    `SELECT 1 FROM pg_class WHERE oid = to_regclass('${POSTGRES_INDEX}')
       AND pg_has_role(relowner, 'USAGE')`,
  );
  if (droppable !== null) await tx.run(`DROP INDEX ${POSTGRES_INDEX}`);
}

/** A resource whose last changes are not in the index of SQLite yet. */
export interface UnindexedPlace {
  readonly number: number;
  readonly resourceId: string;
}

/** Issues that are added to the index at once, and the characters of their texts: others wait for as long as that takes. */
const ISSUES_AT_ONCE = 50;
const CHARACTERS_AT_ONCE = 50_000;

/**
 * Characters of the longest text that is put into the index: a longer one would keep others waiting, and stands there
 * as {@link LONG_TEXT} alone.
 */
const LONGEST_TEXT = 250_000;

/** What stands in the index for a text that is too long for it: a search looks at all of these. */
export const LONG_TEXT = "\u0001\u0001\u0001";

/** Returns the resources whose last changes are not in the index; none on PostgreSQL, which has its own. */
export async function unindexedPlaces(store: HostStore): Promise<UnindexedPlace[]> {
  if (store.dialect === "postgres") return [];
  const rows = await store.all(
    `SELECT number, resource_id FROM search_places p WHERE EXISTS
       (SELECT 1 FROM issues i WHERE i.resource_id = p.resource_id AND i.change > p.indexed)
     ORDER BY number`,
  );
  return rows.map((row) => ({
    number: integer(row, "number"),
    resourceId: text(row, "resource_id"),
  }));
}

/** Adds the next changes of a resource to the index; returns whether there may be more. */
export async function indexChanges(
  tx: Transaction,
  { number, resourceId }: UnindexedPlace,
): Promise<boolean> {
  const rows = await tx.all(
    `SELECT change, length(search) AS characters FROM issues WHERE resource_id = ? AND change >
       (SELECT indexed FROM search_places WHERE number = ?) ORDER BY change LIMIT ?`,
    resourceId,
    number,
    ISSUES_AT_ONCE,
  );
  let last: number | null = null;
  let characters = 0;
  for (const row of rows) {
    characters += integer(row, "characters");
    if (last !== null && characters > CHARACTERS_AT_ONCE) break;
    last = integer(row, "change");
  }
  if (last === null) return false;
  await tx.run(
    `INSERT INTO search_words (rowid, search)
     SELECT (p.number << 32) + i.change,
       CASE WHEN length(i.search) > ${LONGEST_TEXT} THEN ? ELSE i.search END FROM search_places p
     JOIN issues i ON i.resource_id = p.resource_id AND i.change > p.indexed AND i.change <= ?
     WHERE p.number = ? ORDER BY i.change`,
    LONG_TEXT,
    last,
    number,
  );
  await tx.run("UPDATE search_places SET indexed = ? WHERE number = ?", last, number);
  return true;
}

/** Pages of the index that are merged at once. */
const PAGES_AT_ONCE = 16;

/**
 * Merges some of the parts that SQLite's index is made of: each transaction of {@link indexChanges} adds one, and a
 * search reads all of them. Returns whether there may be more to merge; PostgreSQL does so by itself.
 */
export async function mergeParts(tx: Transaction): Promise<boolean> {
  if (tx.dialect === "postgres") return false;
  // Two parts of about one size become one: SQLite itself waits for four.
  const set = await tx.one("SELECT v FROM search_words_config WHERE k = 'usermerge'");
  if (set?.["v"] !== 2) {
    await tx.run("INSERT INTO search_words (search_words, rank) VALUES ('usermerge', 2)");
  }
  const before = await rowsChanged(tx);
  await tx.run(
    "INSERT INTO search_words (search_words, rank) VALUES ('merge', CAST(? AS INTEGER))",
    PAGES_AT_ONCE,
  );
  // The command itself counts as one.
  return await rowsChanged(tx) - before > 1;
}

async function rowsChanged(tx: Transaction): Promise<number> {
  return integer(await tx.one("SELECT total_changes() AS rows") ?? {}, "rows");
}
