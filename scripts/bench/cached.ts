import { SORT_FIELDS, type SortField } from "../../src/store/sort_fields.ts";
import { makeBundle } from "../bundle.ts";
import { toFileUrl } from "../file_urls.ts";
import { type Bench, type Case, type Goal, goalHere, spread } from "./bench.ts";
import { programUrl } from "./programs/child.ts";
import {
  type CachedProject,
  cachedProject,
  COMMON_WORD,
  RARE_WORD,
  TWO_COMMON,
  TWO_LETTERS,
} from "./programs/cached_issues.ts";

const ISSUES = 100_000;
/** What a search may take from its start to its end; the floor is the same command on an empty cache. */
const SEARCH_GOAL: Goal = { ms: 100, floorMs: 33 };

/** How long commands take that read a large cache, next to the same commands on an empty one. */
export const bench: Bench = {
  name: "cached",
  what: `tracker from the bundle with ${ISSUES} cached issues, as a ratio to an empty cache`,
  rounds: 9,
  async prepare() {
    const base = await Deno.makeTempDir({ prefix: "tracker-bench-cached-" });
    const bundle = await makeBundle(toFileUrl("bundle/", base));
    const empty = await cachedProject(`${base}/empty`, 0);
    const full = await cachedProject(`${base}/full`, ISSUES);
    const run = (at: CachedProject, args: readonly string[], peakFile?: string) =>
      command(bundle.main, base, at, args, peakFile);
    const [searches, floors]: readonly [number[], number[]] = [[], []];
    const on = (at: CachedProject, name: string, args: readonly string[]): Case => ({
      name,
      run: () => run(at, args),
    });
    const list = ["issue", "list"];
    const search = (word: string) => [...list, "--search", word];
    // The first start compiles, which takes memory that the others do not need.
    await run(empty, list);
    const peaks = {
      empty: await peakOf(run, base, empty, list),
      status: await peakOf(run, base, full, ["status"]),
      list: await peakOf(run, base, full, list),
      search: await peakOf(run, base, full, search(RARE_WORD)),
    };
    const filtered = (name: string, args: readonly string[], limit: number): readonly Case[] => {
      const of = `${name}, empty`;
      return [
        { ...on(empty, of, [...list, ...args]), of },
        { ...on(full, name, [...list, ...args]), of, limit },
      ];
    };
    return {
      baseline: on(empty, "status, empty", ["status"]),
      cases: [
        // Finding and counting in an index takes 6 to 10 ms, beside a start of 55: the goal is 1.2.
        { ...on(full, "status", ["status"]), limit: 1.25 },
        { ...on(empty, "issue list, empty", list), of: "issue list, empty" },
        { ...on(full, "issue list", list), of: "issue list, empty", limit: 1.3 },
        {
          name: SEARCH_EMPTY,
          of: SEARCH_EMPTY,
          run: () => kept(floors, () => run(empty, search(RARE_WORD))),
        },
        {
          name: "search, a word of one issue",
          of: SEARCH_EMPTY,
          limit: 1.2,
          run: () => kept(searches, () => run(full, search(RARE_WORD))),
        },
        {
          ...on(full, "search, a word of every eighth", search(COMMON_WORD)),
          of: SEARCH_EMPTY,
          limit: 1.3,
        },
        // A program gets the number of all: each that has the word is compared.
        {
          ...on(full, "the same, counted", [...search(COMMON_WORD), "--json"]),
          of: SEARCH_EMPTY,
          limit: 2.6,
        },
        {
          ...on(full, "search, letters of every other", search(TWO_COMMON)),
          of: SEARCH_EMPTY,
          limit: 1.5,
        },
        // No index has two letters: every issue is compared, once.
        {
          ...on(full, "search, letters of one issue", search(TWO_LETTERS)),
          of: SEARCH_EMPTY,
          limit: 5,
        },
        // Assigned to the one who has all of them.
        ...filtered("--assignee, of all", ["--assignee", "Ada"], 1.4),
        ...filtered("--assignee, of none", ["--assignee", ""], 1.3),
        ...filtered("--label", ["--label", "area-7"], 1.3),
        ...filtered("--status and --label", ["--status", "todo", "--label", "area-6"], 1.3),
        ...filtered("--priority", ["--priority", "urgent"], 1.4),
        ...filtered("--updated", ["--updated", "2026-01-02"], 1.2),
        ...SORT_FIELDS.flatMap((field) =>
          filtered(`--sort ${field}`, ["--sort", field], SORT_LIMITS[field])
        ),
        {
          ...on(full, "--parent", [...list, "--parent", "bd-7"]),
          of: "--label, empty",
          limit: 1.4,
        },
      ],
      figures: () => [
        { name: "the same on an empty cache, whole", value: spread(floors).median, unit: "ms" },
        {
          name:
            `search, a word of one issue, whole (${SEARCH_GOAL.ms} ms where that takes up to ${SEARCH_GOAL.floorMs})`,
          value: spread(searches).median,
          unit: "ms",
          limit: Math.round(goalHere(SEARCH_GOAL, spread(floors).median)),
        },
        { name: "memory, issue list, empty", value: peaks.empty, unit: "MB" },
        // Beside an empty cache.
        { name: "more for status", value: peaks.status - peaks.empty, unit: "MB", limit: 20 },
        { name: "more for issue list", value: peaks.list - peaks.empty, unit: "MB", limit: 20 },
        { name: "more for a search", value: peaks.search - peaks.empty, unit: "MB", limit: 40 },
        {
          name: "the cache, an issue",
          value: Deno.statSync(full.cache).size / ISSUES,
          unit: "bytes",
        },
      ],
      clean: () => Deno.remove(base, { recursive: true }),
    };
  },
};

const SEARCH_EMPTY = "search, empty";

/** Runs a command, and keeps how many milliseconds it took beside those before. */
async function kept(taken: number[], command: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await command();
  const ms = performance.now() - started;
  taken.push(ms);
  return ms;
}

/** Times as long as on an empty cache. A title and a key take a number for each issue, and the most of these. */
const SORT_LIMITS: Readonly<Record<SortField, number>> = {
  updated: 1.2,
  status: 1.4,
  priority: 1.4,
  created: 1.4,
  title: 1.5,
  key: 1.5,
};

type Run = (at: CachedProject, args: readonly string[], peakFile?: string) => Promise<void>;

async function command(
  main: string,
  base: string,
  { home, project }: CachedProject,
  args: readonly string[],
  peakFile?: string,
): Promise<void> {
  const preload = peakFile === undefined ? [] : ["--preload", programUrl("peak_at_exit.ts")];
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-prompt", "-A", ...preload, main, ...args],
    cwd: project,
    clearEnv: true,
    env: {
      HOME: home,
      USERPROFILE: home,
      DENO_DIR: `${base}/cache`,
      PATH: "",
      ...(peakFile === undefined ? {} : { PEAK_FILE: peakFile }),
    },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).output();
  const decoder = new TextDecoder();
  if (code !== 0) throw new Error(`${args.join(" ")}: ${decoder.decode(stderr)}`);
  // What is not there is found quickly.
  const isNoneWanted = args.includes("") || args.includes("--parent");
  if (home.endsWith("full") && !isNoneWanted && /No cached issue/.test(decoder.decode(stdout))) {
    throw new Error(`${args.join(" ")} found nothing`);
  }
}

/** The largest resident size of a command, in MB. */
async function peakOf(
  run: Run,
  base: string,
  at: CachedProject,
  args: readonly string[],
): Promise<number> {
  const path = `${base}/peak`;
  await run(at, args, path);
  return Number(await Deno.readTextFile(path)) / 1_000;
}
