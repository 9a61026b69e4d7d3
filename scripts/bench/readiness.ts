import { parse as parseToml } from "@decimalturn/toml-patch";
import { parse as parseYaml } from "yaml";
import { type Bench, spread } from "./bench.ts";
import { runFor } from "./programs/child.ts";
import { checkReadiness, type ReadyHome, readyHome } from "./programs/readiness.ts";

const CHECKS = 50;
const FRESH = 5;

/** How long the readiness checks take that ask no host, next to reading and parsing the same files. */
export const bench: Bench = {
  name: "readiness",
  what: `${CHECKS} readiness checks without a request, as a ratio to parsing the same files`,
  rounds: 9,
  async prepare() {
    const base = await Deno.makeTempDir({ prefix: "tracker-bench-readiness-" });
    const home = await readyHome(base);
    const fresh: number[] = [];
    for (let i = 0; i < FRESH; i++) fresh.push(await runFor("readiness.ts", [base]));
    let slowest = 0;
    return {
      baseline: { name: "read and parse", run: () => repeat(() => readAndParse(home)) },
      cases: [{
        name: "evaluateReadiness",
        limit: 4,
        run: () =>
          repeat(async () => {
            const started = performance.now();
            await checkReadiness(home);
            slowest = Math.max(slowest, performance.now() - started);
          }),
      }],
      figures: () => [
        { name: "slowest check", value: slowest, unit: "ms", limit: 50 },
        // Most of it is Deno's loading of the YAML parser, which is CommonJS; a bundle has none of that.
        {
          name: `first check of a process, middle of ${FRESH}`,
          value: spread(fresh).median,
          unit: "ms",
        },
      ],
      clean: () => Deno.remove(base, { recursive: true }),
    };
  },
};

async function repeat(work: () => Promise<void>): Promise<void> {
  for (let i = 0; i < CHECKS; i++) await work();
}

async function readAndParse({ files }: ReadyHome): Promise<void> {
  parseToml(await Deno.readTextFile(files.config));
  parseToml(await Deno.readTextFile(files.credentials));
  parseYaml(await Deno.readTextFile(files.project));
}
