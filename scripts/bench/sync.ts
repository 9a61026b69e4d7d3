import { DatabaseSync } from "node:sqlite";
import type { Bench } from "./bench.ts";
import { peakOf } from "./programs/child.ts";
import { workspace } from "./programs/local_workspace.ts";

const ISSUES = 10_000;
const PAGE = 500;

/** How long the first pull of a local tracker takes, the tool's own time left out. */
export const bench: Bench = {
  name: "sync",
  what: `first pull of ${ISSUES} local issues without the tool's time, as a ratio to raw inserts`,
  rounds: 7,
  async prepare() {
    const base = await Deno.makeTempDir({ prefix: "tracker-bench-sync-" });
    const { tool, listing, project } = await workspace(base, ISSUES);
    const texts: [string, string][] = JSON.parse(new TextDecoder().decode(listing))
      .map((issue: { id: string }) => [issue.id, JSON.stringify(issue)]);
    const peak = await peakOf("local_workspace.ts", [`${base}/peak`, tool.command, tool.cwd]);
    let run = 0;
    return {
      baseline: { name: "raw inserts", run: () => rawInserts(`${base}/raw-${run++}.db`, texts) },
      cases: [{
        name: "first pull",
        limit: 4,
        run: async () => {
          const { created } = await (await project(listing)).pull();
          if (created !== ISSUES) throw new Error(`Only ${created} issues were pulled`);
        },
      }],
      figures: () => [{ name: "peak", value: peak, unit: "MB", limit: 200 }],
      clean: () => Deno.remove(base, { recursive: true }),
    };
  },
};

function rawInserts(path: string, texts: readonly [string, string][]): void {
  const database = new DatabaseSync(path);
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
  database.exec("CREATE TABLE issues (id TEXT PRIMARY KEY, json TEXT NOT NULL)");
  const insert = database.prepare("INSERT INTO issues VALUES (?, ?)");
  for (let at = 0; at < texts.length; at += PAGE) {
    database.exec("BEGIN");
    for (const [id, json] of texts.slice(at, at + PAGE)) insert.run(id, json);
    database.exec("COMMIT");
  }
  database.close();
}
