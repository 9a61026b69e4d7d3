import { DatabaseSync } from "node:sqlite";
import { STORE_MIGRATIONS } from "../../src/store/schema.ts";
import type { Bench } from "./bench.ts";
import { peakOf } from "./programs/child.ts";
import type { StandIn } from "../../tests/standins/stand_in.ts";
import { workspace } from "./programs/local_workspace.ts";

const ISSUES = 10_000;
const PAGE = 500;
const EDITS = 25;
const WRITTEN = 500;

/** How long syncs with a local tool take, next to the tool alone and to bare inserts. */
export const bench: Bench = {
  name: "local",
  what:
    `syncs of ${ISSUES} issues with a local tool, as ratios to the tool alone and to raw inserts`,
  rounds: 7,
  async prepare() {
    const base = await Deno.makeTempDir({ prefix: "tracker-bench-local-" });
    const { tool, listing, project } = await workspace(base, ISSUES);
    const again = await project();
    await again.pull();
    // Apart, so that what is written is not new to the others.
    const written = await workspace(`${base}/written`, WRITTEN);
    const edited = await written.project();
    await edited.pull();
    const ids = (await edited.issueList({ limit: EDITS })).map(({ ref }) => ref.id);
    const call = async ({ command, cwd }: StandIn, ...args: string[]) => {
      const { stdout, status } = new Deno.Command(command, {
        args: [...args, "--json"],
        cwd,
        stdout: "piped",
        stderr: "null",
      }).spawn();
      // Drained to nothing, as fast as it comes.
      for await (const _ of stdout);
      await status;
    };
    const unchanged = async (full: boolean) => {
      const { created, updated } = await again.pull({ full });
      if (created + updated > 0) throw new Error("Something was new");
    };
    const peak = await peakOf("local_workspace.ts", [`${base}/peak`, tool.command, tool.cwd]);
    const rows = await storedRows(base, listing, project);
    let run = 0;
    return {
      baseline: {
        name: "the tool lists all",
        run: () => call(tool, "list", "--all", "--limit", "0"),
      },
      cases: [
        // The answer has to be taken in and compared; a tenth of the tool's own time is enough for that.
        { name: "pull of all, nothing new", limit: 1.1, run: () => unchanged(true) },
        // The usual one: the tool is asked for what has changed.
        { name: "pull of changes, nothing new", limit: 1.1, run: () => unchanged(false) },
        { name: "raw inserts", run: () => rawInserts(`${base}/raw-${run++}.db`, rows) },
        {
          name: "first pull, without the tool",
          of: "raw inserts",
          // The answer is parsed, checked and made an issue of, beside what is inserted.
          limit: 2,
          run: async () => {
            const { created } = await (await project(listing)).pull();
            if (created !== ISSUES) throw new Error(`Only ${created} issues were pulled`);
          },
        },
        {
          name: `the tool writes ${EDITS} issues`,
          run: async () => {
            for (const id of ids) {
              await call(written.tool, "update", id, `--title=By hand ${run++}`);
            }
          },
        },
        {
          name: `push of ${EDITS} edits`,
          of: `the tool writes ${EDITS} issues`,
          // Two starts more, to read all before and after, and what is written here.
          limit: 1.3,
          before: async () => {
            // What was written by hand is seen first, so that nothing is in conflict.
            await edited.pull({ full: true });
            for (const id of ids) await edited.issueEdit(id, { title: `Edited ${run++}` });
          },
          run: async () => {
            const { updated } = await edited.push();
            if (updated !== EDITS) throw new Error(`Only ${updated} issues were pushed`);
          },
        },
      ],
      figures: () => [{ name: "peak", value: peak, unit: "MB", limit: 200 }],
      clean: () => Deno.remove(base, { recursive: true }),
    };
  },
};

type Row = Record<string, string | number | null>;

/** The rows that a first pull stores. */
async function storedRows(
  base: string,
  listing: Uint8Array<ArrayBuffer>,
  project: Awaited<ReturnType<typeof workspace>>["project"],
): Promise<Row[]> {
  const service = await project(listing);
  await service.pull();
  const [path] = await cachesBelow(base, (await service.status()).counts.total);
  const database = new DatabaseSync(path ?? "", { readOnly: true });
  const rows = database.prepare("SELECT * FROM tracker_issues").all();
  database.close();
  return rows.map((row) =>
    Object.fromEntries(
      Object.entries(row).map(([name, value]) => [
        name,
        typeof value === "string" || typeof value === "number" ? value : null,
      ]),
    )
  );
}

/** The caches with so many issues, the latest first. */
async function cachesBelow(base: string, count: number): Promise<string[]> {
  const found: { path: string; at: number }[] = [];
  for await (const { name } of Deno.readDir(base)) {
    const trackers = `${base}/${name}/user/tracker/trackers`;
    try {
      for await (const file of Deno.readDir(trackers)) {
        if (!file.name.endsWith(".db")) continue;
        const path = `${trackers}/${file.name}`;
        found.push({ path, at: (await Deno.stat(path)).mtime?.getTime() ?? 0 });
      }
    } catch (error) {
      if (
        !(error instanceof Deno.errors.NotFound) && !(error instanceof Deno.errors.NotADirectory)
      ) {
        throw error;
      }
    }
  }
  if (found.length === 0) throw new Error(`There is no cache of ${count} issues`);
  return found.sort((a, b) => b.at - a.at).map(({ path }) => path);
}

/** The same rows into the same columns and indexes, a page in each transaction. */
function rawInserts(path: string, rows: readonly Row[]): void {
  const database = new DatabaseSync(path);
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
  for (const step of STORE_MIGRATIONS) database.exec(step);
  const names = Object.keys(rows[0] ?? {});
  const insert = database.prepare(
    `INSERT INTO tracker_issues (${names.join(", ")}) VALUES (${names.map(() => "?").join(", ")})`,
  );
  for (let at = 0; at < rows.length; at += PAGE) {
    database.exec("BEGIN");
    for (const row of rows.slice(at, at + PAGE)) {
      insert.run(...names.map((name) => row[name] ?? null));
    }
    database.exec("COMMIT");
  }
  database.close();
}
