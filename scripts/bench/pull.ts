import { DatabaseSync } from "node:sqlite";
import type { Bench } from "./bench.ts";
import { peakOf } from "./programs/child.ts";
import { pullOnce } from "./programs/pull.ts";
import { type HostProcess, seed, startHostProcess } from "./programs/host_process.ts";

const ISSUES = 10_000;
const MANY = 100_000;
const PAGE = 1_000;

/** How long pulling 10,000 issues takes, next to a bare loop that fetches, parses and inserts them. */
export const bench: Bench = {
  name: "pull",
  what: `${ISSUES} issues from the embedded host, as a ratio to a bare fetch-parse-insert loop`,
  rounds: 5,
  async prepare() {
    const base = await Deno.makeTempDir({ prefix: "tracker-bench-pull-" });
    const host = await startHostProcess(base);
    const ref = await host.bind("ENG");
    await seed(host, "ENG", ISSUES);
    const many = await host.bind("MOB");
    await seed(host, "MOB", MANY);
    const peak = await peakOf("pull.ts", [`${base}/many`, host.url, host.token, many]);
    let run = 0;
    return {
      baseline: { name: "bare loop", run: () => bareLoop(host, ref, `${base}/bare-${run++}.db`) },
      cases: [{
        name: "tracker pull",
        limit: 3,
        run: () => pull(host, ref, `${base}/home-${run++}`),
      }],
      figures: () => [{ name: `peak with ${MANY} issues`, value: peak, unit: "MB", limit: 250 }],
      async clean() {
        await host.stop();
        await Deno.remove(base, { recursive: true });
      },
    };
  },
};

/** The same pages, parsed and inserted. */
async function bareLoop(host: HostProcess, ref: string, path: string): Promise<void> {
  const database = new DatabaseSync(path);
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
  database.exec("CREATE TABLE issues (id TEXT PRIMARY KEY, json TEXT NOT NULL) STRICT");
  const insert = database.prepare("INSERT OR REPLACE INTO issues VALUES (?, ?)");
  let cursor: string | null = null;
  do {
    const answer: Response = await fetch(`${host.url}/api/v1/tracker/pull/`, {
      method: "POST",
      headers: { ...host.headers, "content-type": "application/json" },
      body: JSON.stringify({
        provider: "linear",
        binding_ref: ref,
        limit: PAGE,
        ...(cursor === null ? {} : { cursor }),
      }),
    });
    const page = await answer.json();
    database.exec("BEGIN");
    for (const issue of page.items) insert.run(issue.ref.id, JSON.stringify(issue));
    database.exec("COMMIT");
    cursor = page.next_cursor;
  } while (cursor !== null);
  database.close();
}

async function pull(host: HostProcess, ref: string, home: string): Promise<void> {
  await pullOnce({ home, url: host.url, token: host.token, ref });
}
