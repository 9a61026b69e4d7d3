/**
 * Fuzzes the parsers at the border: `deno run -A scripts/fuzz.ts [--minutes N] [--seed N] [target…]`.
 * The minutes are shared by the targets, all of them unless some are named. Each target's seed is
 * printed; the same seed tries the same inputs again.
 */
import { TARGETS } from "../tests/fuzz/targets/mod.ts";

if (import.meta.main) Deno.exit(await main(Deno.args));

async function main(args: readonly string[]): Promise<number> {
  const { minutes, seed, names } = parse(args);
  const unknown = names.find((name) => !TARGETS.some((target) => target.name === name));
  if (unknown !== undefined || !(minutes > 0)) {
    const known = TARGETS.map(({ name }) => name).join(", ");
    console.error(`Usage: scripts/fuzz.ts [--minutes N] [--seed N] [target…]\nTargets: ${known}`);
    return 2;
  }
  const chosen = TARGETS.filter(({ name }) => names.length === 0 || names.includes(name));
  const timeLimitMs = minutes * 60_000 / chosen.length;
  let failed = 0;
  for (const target of chosen) {
    console.log(`${target.name}: seed ${seed}`);
    const started = performance.now();
    const { runs, failure } = await target.run({ seed, runs: 1_000_000_000, timeLimitMs });
    const seconds = Math.round((performance.now() - started) / 1000);
    console.log(
      `${target.name}: ${failure === null ? "ok" : "FAILED"}, ${runs} inputs, ${seconds} s`,
    );
    if (failure === null) continue;
    failed++;
    console.log(failure);
  }
  return failed === 0 ? 0 : 1;
}

function parse(
  args: readonly string[],
): { minutes: number; seed: number; names: readonly string[] } {
  const rest = [...args];
  const names: string[] = [];
  let minutes = 5;
  let seed = crypto.getRandomValues(new Int32Array(1))[0] ?? 1;
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    if (arg === "--minutes") minutes = Number(rest.shift());
    else if (arg === "--seed") seed = Number(rest.shift());
    else names.push(arg);
  }
  return { minutes, seed, names };
}
