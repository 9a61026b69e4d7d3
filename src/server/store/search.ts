import { position } from "./dialect.ts";
import { integer, type Row, text } from "./row.ts";
import type { HostStore } from "./store.ts";
import { issuesHolding } from "./word_search.ts";

/** An issue that holds what was searched for. */
export interface SearchHit {
  /** Number of its row. */
  readonly row: number;
  /** Folded. */
  readonly title: string;
  /** Whether the whole phrase is in it. */
  readonly hasPhrase: boolean;
}

/** What is searched for. Words and phrase are folded. */
export interface Search {
  readonly resourceId: string;
  readonly phrase: string;
  readonly words: readonly string[];
  /** Hits at most. */
  readonly limit: number;
  /** Tells whether no hits that changed earlier are of use beside these. */
  readonly isEnough: (hits: readonly SearchHit[]) => boolean;
  /** Lets other work of the process have its turn. */
  readonly pause: () => Promise<void>;
}

/**
 * Finds the issues of a resource that hold all words, the last changed first; without words all. Bodies stay in the
 * database: all that match may be much.
 */
export async function searchHits(
  store: HostStore,
  { resourceId, phrase, words, limit, isEnough, pause }: Search,
): Promise<SearchHit[]> {
  const found = position(store, "i.search", "?");
  const columns = {
    sql: `i.id AS id, substr(i.search, 1, ${found} - 1) AS title, ${found} > 0 AS has_phrase`,
    values: ["\n", phrase],
  };
  const rows: Row[] = words.length > 0
    ? await issuesHolding(store, {
      resourceId,
      words,
      columns,
      limit,
      isEnough: (rows) => isEnough(rows.map(hitOf)),
      pause,
    })
    : await store.all(
      `SELECT ${columns.sql} FROM issues i WHERE i.resource_id = ? ORDER BY i.change DESC LIMIT ?`,
      ...columns.values,
      resourceId,
      limit,
    );
  return rows.map(hitOf);
}

function hitOf(row: Row): SearchHit {
  return {
    row: integer(row, "id"),
    title: text(row, "title"),
    hasPhrase: integer(row, "has_phrase") === 1,
  };
}
