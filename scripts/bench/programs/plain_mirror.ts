/**
 * A loop that fetches a page, parses it, and inserts its issues, for as long as there are pages: what a mirror cannot be
 * quicker than. Takes the URL of the pages, a file of SQLite or the URL of an empty PostgreSQL database, and the tracker;
 * prints an address at which each request makes it run once.
 */
import { DatabaseSync } from "node:sqlite";
import { serveRuns } from "./runs.ts";
import { trackerNamed } from "./trackers/mod.ts";
import type { Row } from "./trackers/tracker.ts";

/** Where issues are inserted. */
interface Target {
  /** Begins with no issues. */
  empty(): Promise<void> | void;
  /** Inserts a page in one transaction, a statement for each issue. */
  insert(rows: readonly Row[]): Promise<void> | void;
  count(): Promise<number> | number;
}

if (import.meta.main) {
  const [url = "", place = "", name = "github"] = Deno.args;
  const tracker = trackerNamed(name);
  const target = place.startsWith("postgres:") ? await inPostgres(place) : inSqlite(place);
  serveRuns(async () => {
    await target.empty();
    for await (const rows of tracker.read(url)) await target.insert(rows);
    return await target.count();
  });
}

const COLUMNS = "title TEXT, state TEXT, updated TEXT, json TEXT";

function valuesOf({ id, title, state, updated, json }: Row): (string | number)[] {
  return [id, title, state, updated, json];
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
      database.exec(`CREATE TABLE issues (id INTEGER PRIMARY KEY, ${COLUMNS})`);
    },
    insert(rows) {
      insert ??= database.prepare("INSERT OR REPLACE INTO issues VALUES (?, ?, ?, ?, ?)");
      database.exec("BEGIN IMMEDIATE");
      for (const row of rows) insert.run(...valuesOf(row));
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
      await client.query(`CREATE TABLE issues (id BIGINT PRIMARY KEY, ${COLUMNS})`);
    },
    async insert(rows) {
      await client.query("BEGIN");
      for (const row of rows) {
        await client.query({
          name: "insert",
          text: `INSERT INTO issues VALUES ($1, $2, $3, $4, $5) ON CONFLICT (id) DO UPDATE
            SET title = $2, state = $3, updated = $4, json = $5`,
          values: valuesOf(row),
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
