/**
 * A loop that fetches a page, parses it, and inserts its issues, for as long as there are pages: what a mirror cannot be
 * quicker than. Takes the URL of the pages and a file; prints an address at which each request makes it run once.
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

if (import.meta.main) {
  const [url = "", file = ""] = Deno.args;
  serveRuns(async () => {
    const database = new DatabaseSync(file);
    // As the host keeps its data.
    database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
    database.exec("DROP TABLE IF EXISTS issues");
    database.exec(
      "CREATE TABLE issues (number INTEGER PRIMARY KEY, title TEXT, state TEXT, updated TEXT, json TEXT)",
    );
    const insert = database.prepare("INSERT OR REPLACE INTO issues VALUES (?, ?, ?, ?, ?)");
    for (let since: string | null = null;;) {
      const from: string = since === null ? "" : `&since=${since}`;
      const answer = await fetch(
        `${url}/repos/${REPOSITORY}/issues?state=all&sort=updated&direction=asc&per_page=100${from}`,
      );
      const issues: readonly Issue[] = await answer.json();
      database.exec("BEGIN IMMEDIATE");
      for (const issue of issues) {
        const { number, title, state, updated_at } = issue;
        insert.run(number, title, state, updated_at, JSON.stringify(issue));
      }
      database.exec("COMMIT");
      since = issues.at(-1)?.updated_at ?? null;
      if (!answer.headers.has("link")) break;
    }
    const count = database.prepare("SELECT COUNT(*) AS n FROM issues").get();
    database.close();
    return Number(count?.["n"]);
  });
}
