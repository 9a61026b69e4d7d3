/**
 * Runs the benchmarks: `deno task bench [--rounds N] [--accept] [name…]`. Prints a table of ratios each, compares
 * with `bench/baseline.json`, writes `bench/latest.json`, and exits with 1 when a ratio is above its limit.
 * `--accept` makes what was measured the new baseline, and removes from it what is no benchmark or case any more.
 */
import { type Bench, type BenchResult, measure, tooSlow } from "./bench.ts";
import { changes, type Ratios, ratiosOf, table, unknown } from "./report.ts";

const ROOT = new URL("../../", import.meta.url);
const BASELINE = new URL("bench/baseline.json", ROOT);
const LATEST = new URL("bench/latest.json", ROOT);
const NOT_A_BENCH = ["bench.ts", "main.ts", "report.ts"];

if (import.meta.main) Deno.exit(await main(Deno.args));

async function main(args: readonly string[]): Promise<number> {
  const { rounds, accept, names } = parse(args);
  const all = await benches();
  const strange = names.filter((name) => !all.some((bench) => isNamed(bench, name)));
  if (strange.length > 0) {
    console.error(`No benchmark is called "${strange.join('", "')}". There are: ${namesOf(all)}`);
    return 2;
  }
  const before = await committed();
  const results: BenchResult[] = [];
  for (const bench of all) {
    if (names.length > 0 && !names.some((name) => isNamed(bench, name))) continue;
    console.log(`\n${bench.name}: ${bench.what}`);
    const result = await measure(bench, rounds ?? bench.rounds);
    if (result === null) continue;
    results.push(result);
    console.log(table(result));
    for (const line of changes(result, before)) console.log(line);
  }
  await save(LATEST, { ...machine(), results });
  const known = all.map(({ name }) => name);
  if (accept) await save(BASELINE, ratiosOf(results, before, known));
  else for (const line of unknown(before, known)) console.log(line);
  const slow = results.flatMap(tooSlow);
  if (slow.length > 0) console.log(`\nAbove the limit: ${slow.join(", ")}`);
  return slow.length === 0 ? 0 : 1;
}

function parse(args: readonly string[]): {
  rounds: number | null;
  accept: boolean;
  names: string[];
} {
  const at = args.indexOf("--rounds");
  const rounds = at < 0 ? null : Number(args[at + 1]);
  if (rounds !== null && !(Number.isInteger(rounds) && rounds > 0)) {
    console.error("--rounds needs a whole number above 0");
    Deno.exit(2);
  }
  const rest = args.filter((_, index) => at < 0 || (index !== at && index !== at + 1));
  const names = rest.filter((arg) => arg !== "--accept");
  return { rounds, accept: names.length < rest.length, names };
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

/** `host` names `host-growth`, too. */
function isNamed(bench: Bench, name: string): boolean {
  return bench.name === name || bench.name.startsWith(`${name}-`);
}

function namesOf(all: readonly Bench[]): string {
  return all.map((bench) => bench.name).join(", ");
}

async function committed(): Promise<Ratios> {
  try {
    return JSON.parse(await Deno.readTextFile(BASELINE));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return {};
    throw error;
  }
}

function machine(): { deno: string; system: string; processors: number } {
  return {
    deno: Deno.version.deno,
    system: `${Deno.build.os}-${Deno.build.arch}`,
    processors: navigator.hardwareConcurrency,
  };
}

async function save(path: URL, value: unknown): Promise<void> {
  await Deno.mkdir(new URL("./", path), { recursive: true });
  await Deno.writeTextFile(path, `${JSON.stringify(value, null, 2)}\n`);
}
