/**
 * A pull as bare as it gets: fetches, parses, and inserts into the columns and indexes of a cache. Arguments: URL,
 * token, binding, file of the database, file with the statements that make its tables.
 */
import { DatabaseSync } from "node:sqlite";

/** Where to pull from, and into what. */
export interface BarePull {
  readonly url: string;
  readonly token: string;
  readonly ref: string;
  readonly path: string;
  /** Statements that make tables and indexes. */
  readonly schema: readonly string[];
}

/** Pulls everything that a binding has. */
export async function barePull({ url, token, ref, path, schema }: BarePull): Promise<void> {
  const database = new DatabaseSync(path);
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
  for (const step of schema) database.exec(step);
  const insert = database.prepare(
    "INSERT OR REPLACE INTO tracker_issues (id, key, title, status, issue_type, updated_at, json) " +
      "VALUES (?, ?, ?, ?, ?, ?, ?)",
  );
  let cursor: string | null = null;
  do {
    const answer: Response = await fetch(`${url}/api/v1/tracker/pull/`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${token}`,
        "x-team-slug": "acme",
        "content-type": "application/json",
      },
      body: JSON.stringify({
        provider: "linear",
        binding_ref: ref,
        limit: 1_000,
        ...(cursor === null ? {} : { cursor }),
      }),
    });
    const page = await answer.json();
    database.exec("BEGIN");
    for (const issue of page.items) {
      const { ref, title, status, issue_type, updated_at } = issue;
      insert.run(
        ref.id,
        ref.key ?? null,
        title,
        status,
        issue_type,
        Date.parse(updated_at),
        JSON.stringify(issue),
      );
    }
    database.exec("COMMIT");
    cursor = page.next_cursor;
  } while (cursor !== null);
  database.close();
}

if (import.meta.main) {
  const [url = "", token = "", ref = "", path = "", schema = ""] = Deno.args;
  await barePull({ url, token, ref, path, schema: JSON.parse(Deno.readTextFileSync(schema)) });
}
