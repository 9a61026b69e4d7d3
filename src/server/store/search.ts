import { position } from "./dialect.ts";
import { integer, text } from "./row.ts";
import type { HostStore } from "./store.ts";

/** An issue that holds what was searched for. */
export interface SearchHit {
  /** Number of its row. */
  readonly row: number;
  /** Folded. */
  readonly title: string;
  /** Whether the whole phrase is in it. */
  readonly hasPhrase: boolean;
}

/** Issues that are read at most when no word limits them. */
const WITHOUT_WORDS = 100;

/**
 * Finds the issues of a resource that hold all `words`, the last changed first. Bodies stay in the database: all that
 * match may be much. Words and phrase are folded.
 */
export async function searchHits(
  store: HostStore,
  resourceId: string,
  phrase: string,
  words: readonly string[],
): Promise<SearchHit[]> {
  const found = position(store, "search", "?");
  const rows = await store.all(
    `SELECT id, substr(search, 1, ${found} - 1) AS title,
       ${found} > 0 AS has_phrase FROM issues WHERE resource_id = ?${
      ` AND ${found} > 0`.repeat(words.length)
    } ORDER BY change DESC${words.length === 0 ? ` LIMIT ${WITHOUT_WORDS}` : ""}`,
    "\n",
    phrase,
    resourceId,
    ...words,
  );
  return rows.map((row) => ({
    row: integer(row, "id"),
    title: text(row, "title"),
    hasPhrase: integer(row, "has_phrase") === 1,
  }));
}
