/**
 * Runs the benchmarks: `deno task bench [--rounds N] [name…]`. Prints a table each, compares with
 * `bench/baseline.json` when there is one, writes `bench/latest.json`, and exits with 1 when a ratio is
 * above its limit.
 */
import { type Bench, type BenchResult, measure, table, tooSlow } from "./bench.ts";

const ROOT = new URL("../../", import.meta.url);
const NOT_A_BENCH = ["bench.ts", "main.ts"];

if (import.meta.main) Deno.exit(await main(Deno.args));

async function main(args: readonly string[]): Promise<number> {
  const { rounds, names } = parse(args);
  const all = await benches();
  const strange = names.filter((name) => !all.some((bench) => bench.name === name));
  if (strange.length > 0) {
    console.error(`No benchmark is called "${strange.join('", "')}". There are: ${namesOf(all)}`);
    return 2;
  }
  const baseline = await committed();
  const results: BenchResult[] = [];
  for (const bench of all) {
    if (names.length > 0 && !names.includes(bench.name)) continue;
    console.log(`\n${bench.name}: ${bench.what}`);
    const result = await measure(bench, rounds ?? bench.rounds);
    if (result === null) continue;
    results.push(result);
    console.log(table(result));
    for (const line of changes(result, baseline)) console.log(line);
  }
  await save(results);
  const slow = results.flatMap((result) => tooSlow(result).map((one) => one.name));
  if (slow.length > 0) console.log(`\nToo slow: ${slow.join(", ")}`);
  return slow.length === 0 ? 0 : 1;
}

function parse(args: readonly string[]): { rounds: number | null; names: string[] } {
  const at = args.indexOf("--rounds");
  const rounds = at < 0 ? null : Number(args[at + 1]);
  if (rounds !== null && !(Number.isInteger(rounds) && rounds > 0)) {
    console.error("--rounds needs a whole number above 0");
    Deno.exit(2);
  }
  return { rounds, names: args.filter((_, index) => at < 0 || (index !== at && index !== at + 1)) };
}

async function benches(): Promise<Bench[]> {
  const found: Bench[] = [];
  for await (const entry of Deno.readDir(new URL("./", import.meta.url))) {
    if (!entry.isFile || !entry.name.endsWith(".ts") || NOT_A_BENCH.includes(entry.name)) continue;
    const module: { bench: Bench } = await import(`./${entry.name}`);
    found.push(module.bench);
  }
  return found.sort((a, b) => a.name < b.name ? -1 : 1);
}

function namesOf(all: readonly Bench[]): string {
  return all.map((bench) => bench.name).join(", ");
}

interface Record {
  readonly results: readonly BenchResult[];
}

async function committed(): Promise<Record> {
  try {
    return JSON.parse(await Deno.readTextFile(new URL("bench/baseline.json", ROOT)));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return { results: [] };
    throw error;
  }
}

/** Ratios are compared, not times: they hold from machine to machine. */
function changes(result: BenchResult, baseline: Record): string[] {
  const before = baseline.results.find((one) => one.name === result.name);
  return result.cases.flatMap((one) => {
    const old = before?.cases.find((other) => other.name === one.name);
    if (old === undefined || old.ratio === 0) return [];
    const percent = 100 * (one.ratio / old.ratio - 1);
    if (Math.abs(percent) < 10) return [];
    return [`${one.name}: ${percent > 0 ? "+" : ""}${percent.toFixed(0)} % since the baseline`];
  });
}

async function save(results: readonly BenchResult[]): Promise<void> {
  const record = {
    deno: Deno.version.deno,
    system: `${Deno.build.os}-${Deno.build.arch}`,
    processors: navigator.hardwareConcurrency,
    results,
  };
  await Deno.mkdir(new URL("bench/", ROOT), { recursive: true });
  const path = new URL("bench/latest.json", ROOT);
  await Deno.writeTextFile(path, `${JSON.stringify(record, null, 2)}\n`);
}
