import { DatabaseSync } from "node:sqlite";
import type { Bench } from "./bench.ts";
import { workspace } from "./programs/local_workspace.ts";

const ISSUES = 10_000;
const PAGE = 500;
const PROGRAM = new URL("./programs/local_workspace.ts", import.meta.url);

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
    const peak = await peakOf([`${base}/peak`, tool.command, tool.cwd]);
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
      facts: () => ({ "peak MB (at most 200)": peak }),
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

/** The largest resident size of a process that pulls everything through the tool, in MB. */
async function peakOf(args: readonly string[]): Promise<number> {
  const { stdout, success } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", PROGRAM.pathname, ...args],
    stderr: "inherit",
  }).output();
  if (!success) throw new Error("The pull of all issues failed");
  return Math.round(Number(new TextDecoder().decode(stdout)) / 1000);
}
