/**
 * Runs the tests, prints the coverage of every room and closes with `N passed, N failed`.
 *
 * `deno task test [--no-coverage] [--filter TEXT] [path…]`; with paths or a filter only those tests
 * run, and coverage is shown without being judged.
 */
import { type Coverage, coverageByRoom, neverLoaded, parseLcov } from "./coverage.ts";
import { run } from "./run.ts";

const LEAST_COVERED_PERCENT = 90;

if (import.meta.main) Deno.exit(await main(Deno.args));

async function main(args: readonly string[]): Promise<number> {
  const options = parse(args);
  const profile = await Deno.makeTempDir({ prefix: "tracker-coverage-" });
  try {
    const tests = await run(
      [
        "test",
        "-A",
        "--parallel",
        ...(options.coverage ? [`--coverage=${profile}`, "--coverage-raw-data-only"] : []),
        ...(options.filter === null ? [] : ["--filter", options.filter]),
        ...(options.paths.length === 0 ? ["tests/"] : options.paths),
      ],
      // Programs that the tests start write their coverage to the same place.
      options.coverage ? { DENO_COVERAGE_DIR: profile } : {},
    );
    const { passed, ...closing } = closingCounts(tests.output);
    let failed = closing.failed;
    if (tests.code !== 0 && failed === 0) failed = 1;
    if (options.coverage) {
      const rooms = await coverage(profile);
      const isJudged = options.paths.length === 0 && options.filter === null;
      const low = isJudged ? faults(rooms) : [];
      print(rooms, low);
      if (isJudged) {
        failed += low.length;
      }
    }
    console.log(`\n${passed} passed, ${failed} failed`);
    return failed === 0 && tests.code === 0 ? 0 : 1;
  } finally {
    await Deno.remove(profile, { recursive: true });
  }
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
export function closingCounts(output: string): { passed: number; failed: number } {
  let passed = 0;
  let failed = 0;
  const closing = /^(?:ok|FAILED) \| (\d+) passed(?: \([^)]*\))? \| (\d+) failed/gm;
  for (const match of output.matchAll(closing)) {
    passed += Number(match[1]);
    failed += Number(match[2]);
  }
  return { passed, failed };
}

interface Rooms {
  readonly rooms: readonly Coverage[];
  /** Modules with code that no test has loaded. */
  readonly unseen: readonly string[];
}

async function coverage(profile: string): Promise<Rooms> {
  const root = new URL("../", import.meta.url);
  const lcov = `${profile}/all.lcov`;
  const report = await run(
    [
      "coverage",
      "--lcov",
      `--output=${lcov}`,
      `--include=^${root.href}(src/|main.ts|mod.ts)`,
      profile,
    ],
    { NO_COLOR: "1" },
    "captured",
  );
  const text = report.code === 0 ? await Deno.readTextFile(lcov).catch(() => "") : "";
  const files = parseLcov(text, decodeURIComponent(root.pathname));
  return { rooms: coverageByRoom(files), unseen: await neverLoaded(files, root) };
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
