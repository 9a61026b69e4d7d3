/**
 * A loop that fetches a page, parses it, and inserts its issues, for as long as there are pages: what a mirror cannot be
 * quicker than. Takes the URL of the pages, and a file of SQLite or the URL of an empty PostgreSQL database; prints an
 * address at which each request makes it run once.
 */
import { DatabaseSync } from "node:sqlite";
import { serveRuns } from "./runs.ts";
import { REPOSITORY } from "./issue_pages.ts";

interface Issue {
  readonly number: number;
  readonly title: string;
  readonly state: string;
  readonly updated_at: string;
}

/** Where issues are inserted. */
interface Target {
  /** Begins with no issues. */
  empty(): Promise<void> | void;
  /** Inserts a page in one transaction, a statement for each issue. */
  insert(issues: readonly Issue[]): Promise<void> | void;
  count(): Promise<number> | number;
}

if (import.meta.main) {
  const [url = "", place = ""] = Deno.args;
  const target = place.startsWith("postgres:") ? await inPostgres(place) : inSqlite(place);
  serveRuns(async () => {
    await target.empty();
    for (let since: string | null = null;;) {
      const from: string = since === null ? "" : `&since=${since}`;
      const answer = await fetch(
        `${url}/repos/${REPOSITORY}/issues?state=all&sort=updated&direction=asc&per_page=100${from}`,
      );
      const issues: readonly Issue[] = await answer.json();
      await target.insert(issues);
      since = issues.at(-1)?.updated_at ?? null;
      if (!answer.headers.has("link")) break;
    }
    return await target.count();
  });
}

const COLUMNS = "title TEXT, state TEXT, updated TEXT, json TEXT";

function valuesOf(issue: Issue): (string | number)[] {
  const { number, title, state, updated_at } = issue;
  return [number, title, state, updated_at, JSON.stringify(issue)];
}

function inSqlite(file: string): Target {
  const database = new DatabaseSync(file);
  // As the host keeps its data.
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
  let insert: ReturnType<DatabaseSync["prepare"]> | null = null;
  return {
    empty() {
      insert = null;
      database.exec("DROP TABLE IF EXISTS issues");
      database.exec(`CREATE TABLE issues (number INTEGER PRIMARY KEY, ${COLUMNS})`);
    },
    insert(issues) {
      insert ??= database.prepare("INSERT OR REPLACE INTO issues VALUES (?, ?, ?, ?, ?)");
      database.exec("BEGIN IMMEDIATE");
      for (const issue of issues) insert.run(...valuesOf(issue));
      database.exec("COMMIT");
    },
    count: () => Number(database.prepare("SELECT COUNT(*) AS n FROM issues").get()?.["n"]),
  };
}

async function inPostgres(url: string): Promise<Target> {
  const { default: pg } = await import("pg");
  const client = new pg.Client(url);
  await client.connect();
  return {
    async empty() {
      await client.query("DROP TABLE IF EXISTS issues");
      await client.query(`CREATE TABLE issues (number BIGINT PRIMARY KEY, ${COLUMNS})`);
    },
    async insert(issues) {
      await client.query("BEGIN");
      for (const issue of issues) {
        await client.query({
          name: "insert",
          text: `INSERT INTO issues VALUES ($1, $2, $3, $4, $5) ON CONFLICT (number) DO UPDATE
            SET title = $2, state = $3, updated = $4, json = $5`,
          values: valuesOf(issue),
        });
      }
      await client.query("COMMIT");
    },
    async count() {
      const { rows } = await client.query("SELECT COUNT(*) AS n FROM issues");
      return Number(rows[0]?.["n"]);
    },
  };
}
