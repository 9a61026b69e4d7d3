import type { Bench, Prepared } from "./bench.ts";
import { startProgram } from "./programs/child.ts";
import { writeIssueFile } from "./programs/issue_file.ts";
import { places } from "./programs/measured.ts";
import { prepared, Run } from "./programs/mirror_runs.ts";
import { sizes } from "./programs/sizes.ts";

/** Issues in a file. */
const SIZES = sizes(1_000, 10_000, 100_000);

/** How many times the time of the loop is still fine. The goal is 1.3; docs/scale.md says why it takes more. */
const RATIO = 1.8;

/** Largest resident size of a process that imports, in MB. The goal is 120, which the loop itself exceeds. */
const PEAK_MB = 180;

/** How long an import takes, next to a loop that inserts the same rows into the same tables. */
export const bench: Bench = {
  name: "host-import",
  what: `imports of ${SIZES.join(", ")} issues of about 1.1 kB (TRACKER_BENCH_SIZES), ` +
    "as ratios to a loop that parses and inserts the same rows",
  rounds: 3,
  prepare,
};

async function prepare(): Promise<Prepared> {
  const data = await places();
  const base = await Deno.makeTempDir({ prefix: "tracker-bench-import-" });
  const runs: Run[] = [];
  for (const size of SIZES) {
    const files = { lines: `${base}/${size}.jsonl`, array: `${base}/${size}.json` };
    await writeIssueFile(files.lines, size, "lines");
    await writeIssueFile(files.array, size, "array");
    for (const name of data.names) {
      const start = async (program: string, file: string) =>
        await startProgram(program, [await data.make(name), file]);
      const of = `${name}, ${size}`;
      const plain = new Run(
        `${of}: parse, insert`,
        () => start("plain_import.ts", files.lines),
        {},
        size,
      );
      const limits = { of: plain.name, ratio: RATIO, peakMb: PEAK_MB };
      const imports = Object.entries(files).map(([form, file]) =>
        new Run(`${of}: import of ${form}`, () => start("import_host.ts", file), limits, size)
      );
      runs.push(plain, ...imports);
    }
  }
  return prepared(runs, async () => {
    await data.remove();
    await Deno.remove(base, { recursive: true });
  });
}
