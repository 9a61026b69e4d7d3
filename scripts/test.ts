/**
 * Runs the tests, prints the coverage of every room and closes with `N passed, N failed`.
 *
 * `deno task test [--no-coverage] [--filter TEXT] [path…]`; with paths or a filter only those tests
 * run, and coverage is shown without being judged. A whole run loads the files of a folder in groups, two of which run for
 * each processor; `DENO_JOBS` is another number. Where PostgreSQL is installed, the host's tests run a second time with
 * their data on a temporary server, and so do tests of clients with two hosts behind a balancer.
 */
import { STORE_VARIABLE } from "../tests/support/host_data.ts";
import { SERVER_VARIABLE, startPostgres } from "../tests/support/postgres.ts";
import { REPLICAS_VARIABLE } from "../tests/support/replica_count.ts";
import { type Coverage, coverageByRoom, modulesUnder, neverLoaded, parseLcov } from "./coverage.ts";
import { makeCoverageProfile } from "./coverage_profile.ts";
import { type DenoRun, run } from "./run.ts";
import { stuckTests, watchForStuck } from "./stuck_tests.ts";
import { groupsAtOnce, groupsOf, writeGroups } from "./test_groups.ts";

const ROOT = new URL("../", import.meta.url);
const LEAST_COVERED_PERCENT = 90;
/** How often raw coverage is reduced, ms. */
const SWEEP_EVERY = 2_000;

/** How many tests passed, and how many failed. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
}

if (import.meta.main) Deno.exit(await main(Deno.args));

async function main(args: readonly string[]): Promise<number> {
  const options = parse(args);
  const isWhole = options.paths.length === 0 && options.filter === null;
  // As `deno task check` does and remembers: types of groups would be checked each time.
  if (isWhole && (await run(["check", "."])).code !== 0) {
    console.log("\n0 passed, 1 failed");
    return 1;
  }
  const profile = await makeCoverageProfile(isCovered);
  const sweeping = setInterval(() => profile.sweep(), SWEEP_EVERY);
  const named = Deno.env.get(SERVER_VARIABLE) ?? null;
  const server = named === null ? await startPostgres() : null;
  const postgres = named ?? server?.url ?? null;
  if (postgres === null) console.log("PostgreSQL is not installed: what needs it is skipped");
  const flags = [
    "test",
    "-A",
    "--parallel",
    ...(options.coverage ? [`--coverage=${profile.folder}`, "--coverage-raw-data-only"] : []),
    ...(options.filter === null ? [] : ["--filter", options.filter]),
  ];
  // Programs that the tests start write their coverage to the same place.
  const env: Record<string, string> = options.coverage ? { DENO_COVERAGE_DIR: profile.folder } : {};
  if (postgres !== null) env[SERVER_VARIABLE] = postgres;
  try {
    const all = options.paths.length === 0 ? ["tests/"] : options.paths;
    const first = async (paths: readonly string[]) => await tested([...flags, ...paths], env);
    const tests = isWhole
      ? await inGroups(await testsUnder("tests/"), (groups) => first(["--no-check", ...groups]))
      : await first(all);
    let { passed, failed } = counted(tests);
    if (isWhole && postgres !== null) {
      for (const again of [await onPostgres(postgres), await behindBalancer(postgres)]) {
        passed += again.passed;
        failed += again.failed;
      }
    }
    if (options.coverage) {
      profile.sweep(true);
      const rooms = await coverage(profile.folder);
      const low = isWhole ? faults(rooms) : [];
      print(rooms, low);
      failed += low.length;
    }
    console.log(`\n${passed} passed, ${failed} failed`);
    return failed === 0 ? 0 : 1;
  } finally {
    clearInterval(sweeping);
    await server?.stop();
    await profile.remove();
  }
}

/** Whether the coverage of the module with this URL counts. */
function isCovered(url: string): boolean {
  return ["src/", "main.ts", "mod.ts"].some((path) => url.startsWith(`${ROOT.href}${path}`));
}

/** Runs the tests of the host again, with its data on PostgreSQL. */
async function onPostgres(server: string): Promise<Counts> {
  console.log("\nAgain, on PostgreSQL:");
  return await again(await hostTests(), server, { [STORE_VARIABLE]: "postgres" });
}

/** Runs the tests of what a client asks of its host again, with two hosts in place of each. */
async function behindBalancer(server: string): Promise<Counts> {
  console.log("\nAgain, with two hosts behind a balancer:");
  const paths = (await testsUnder("tests/acceptance/")).filter(isOfClient);
  return await again(paths, server, { [REPLICAS_VARIABLE]: "2" });
}

/** Runs tests of the first run again: their types are checked, and what they cover is known. */
async function again(
  paths: readonly string[],
  server: string,
  env: Readonly<Record<string, string>>,
): Promise<Counts> {
  const flags = ["test", "-A", "--parallel", "--no-check"];
  return counted(
    await inGroups(
      paths,
      (groups) => tested([...flags, ...groups], { ...env, [SERVER_VARIABLE]: server }),
    ),
  );
}

/** Gives `work` modules that each load several test files, outside of the project. */
async function inGroups<T>(
  paths: readonly string[],
  work: (groups: readonly string[]) => Promise<T>,
): Promise<T> {
  const folder = await Deno.makeTempDir({ prefix: "tracker-tests-" });
  try {
    const modules = await writeGroups(groupsOf(paths), { root: ROOT, folder });
    // They are outside of the project, whose settings hold for them.
    return await work(["--config", "deno.json", ...modules]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The test files under a folder. */
async function testsUnder(folder: string): Promise<string[]> {
  return (await modulesUnder(ROOT, folder)).filter((path) => /_test\.tsx?$/.test(path));
}

/**
 * Whether tests of acceptance are about a client's sign-in, its bindings or its syncs. Those of other subjects, such as
 * providers and the upkeep of a host, start many programs: they run behind a balancer by hand.
 */
export function isOfClient(path: string): boolean {
  return /\/(?:auth|binding|offline|push|sync|two_people)[a-z_]*_test\.ts$/.test(path);
}

/** Runs tests; one that does not end is not waited for once all others have, so that all else is still told. */
async function tested(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<DenoRun> {
  const all = { DENO_JOBS: Deno.env.get("DENO_JOBS") ?? String(groupsAtOnce()), ...env };
  const tests = await run(args, all, "shown", watchForStuck());
  if (tests.code !== 124) return tests;
  const stuck = stuckTests(tests.output);
  for (const name of stuck.length === 0 ? ["(not named)"] : stuck) {
    console.log(`\nEnded, because this test does not end: ${name}`);
  }
  return tests;
}

/** Counts at least one failure when the run failed without a count. */
function counted({ output, code }: DenoRun): Counts {
  const { passed, failed } = code === 124 ? countsSoFar(output) : closingCounts(output);
  return { passed, failed: code !== 0 && failed === 0 ? 1 : failed };
}

/** The tests of the host that take their store from the environment: the others need no second run. */
async function hostTests(): Promise<string[]> {
  const chooser = new URL("tests/support/host_data.ts", ROOT).href;
  const chosen: string[] = [];
  for (const path of await testsUnder("tests/server/")) {
    if (await reaches(new URL(path, ROOT).href, chooser)) chosen.push(path);
  }
  return chosen;
}

/** Returns whether a test imports a module, itself or by way of other modules of the tests. */
async function reaches(from: string, to: string, seen = new Set<string>()): Promise<boolean> {
  if (from === to) return true;
  if (seen.has(from) || !from.includes("/tests/")) return false;
  seen.add(from);
  const source = await Deno.readTextFile(new URL(from));
  for (const [, specifier = ""] of source.matchAll(/from "(\.{1,2}\/[^"]+)"/g)) {
    if (await reaches(new URL(specifier, from).href, to, seen)) return true;
  }
  return false;
}

interface Options {
  readonly coverage: boolean;
  readonly filter: string | null;
  readonly paths: readonly string[];
}

function parse(args: readonly string[]): Options {
  const rest = [...args];
  const paths: string[] = [];
  let coverage = true;
  let filter: string | null = null;
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    if (arg === "--no-coverage") coverage = false;
    else if (arg === "--filter") filter = rest.shift() ?? null;
    else paths.push(arg);
  }
  return { coverage, filter, paths };
}

/** The sum of what Deno's closing lines say: `ok | 12 passed (3 steps) | 0 failed | 1 ignored`. */
export function closingCounts(output: string): Counts {
  let passed = 0;
  let failed = 0;
  const closing = /^(?:ok|FAILED) \| (\d+) passed(?: \([^)]*\))? \| (\d+) failed/gm;
  for (const match of output.matchAll(closing)) {
    passed += Number(match[1]);
    failed += Number(match[2]);
  }
  return { passed, failed };
}

/** The counts of a run that was ended, by the lines of its tests; the one that did not end has failed. */
export function countsSoFar(output: string): Counts {
  const ended = (how: string) =>
    output.match(new RegExp(` \\.\\.\\. ${how} \\(`, "g"))?.length ?? 0;
  return { passed: ended("ok"), failed: ended("FAILED") + 1 };
}

interface Rooms {
  readonly rooms: readonly Coverage[];
  /** Modules with code that no test has loaded. */
  readonly unseen: readonly string[];
}

async function coverage(folder: string): Promise<Rooms> {
  const lcov = `${folder}/all.lcov`;
  const report = await run(
    [
      "coverage",
      "--lcov",
      `--output=${lcov}`,
      folder,
    ],
    { NO_COLOR: "1" },
    "captured",
  );
  const text = report.code === 0 ? await Deno.readTextFile(lcov).catch(() => "") : "";
  const files = parseLcov(text, decodeURIComponent(ROOT.pathname));
  return { rooms: coverageByRoom(files), unseen: await neverLoaded(files, ROOT) };
}

function faults({ rooms, unseen }: Rooms): string[] {
  if (rooms.length === 0) return ["nothing is covered: the tests have not run"];
  const low = rooms.filter((room) => percent(room) < LEAST_COVERED_PERCENT)
    .map((room) => `${room.room} is covered to less than ${LEAST_COVERED_PERCENT} % of its lines`);
  return [...low, ...unseen.map((path) => `${path} is not loaded by any test`)];
}

function print({ rooms }: Rooms, faults: readonly string[]): void {
  if (rooms.length > 0) console.log("\nLines covered:");
  for (const room of rooms) {
    const share = `${percent(room).toFixed(1)} %`.padStart(8);
    console.log(`  ${room.room.padEnd(12)}${share}  ${room.hit} of ${room.lines}`);
  }
  for (const fault of faults) console.log(`  fault: ${fault}`);
}

function percent(room: Coverage): number {
  return room.lines === 0 ? 100 : 100 * room.hit / room.lines;
}
