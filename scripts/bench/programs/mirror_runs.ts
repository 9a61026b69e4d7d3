import type { Bench, Case, Figure, Prepared } from "../bench.ts";
import { type Server, startProgram } from "./child.ts";
import { places } from "./measured.ts";
import type { Ran } from "./runs.ts";
import type { MeasuredTracker } from "./trackers/tracker.ts";

const ISSUES = 100_000;

/** How many times the time of the loop is still fine. */
const RATIO = 1.5;

/** Largest resident size of a host that mirrors, in MB. */
const PEAK_MB = 200;

/**
 * Returns how long the first mirror of a place takes, next to a loop that fetches the same pages, parses them and inserts
 * them into a bare table.
 */
export function mirrorBench(name: string, tracker: MeasuredTracker["provider"]): Bench {
  return {
    name,
    what:
      `the first mirror of ${ISSUES} issues, as a ratio to a loop that fetches, parses and inserts into the same database`,
    rounds: 3,
    prepare: () => prepare(tracker),
  };
}

async function prepare(tracker: MeasuredTracker["provider"]): Promise<Prepared> {
  const data = await places();
  const base = await Deno.makeTempDir({ prefix: "tracker-bench-mirror-" });
  const keyFile = `${base}/host.key`;
  await Deno.writeTextFile(keyFile, new Uint8Array(32).toBase64(), { mode: 0o600 });
  const pages = await startProgram("issue_pages.ts", [String(ISSUES), tracker]);
  const runs = data.names.flatMap((name) => {
    const plain = new Run(`${name}: fetch, parse, insert`, async () => {
      return await startProgram("plain_mirror.ts", [pages.line, await data.make(name), tracker]);
    });
    const host = new Run(`${name}: first mirror`, async () => {
      return await startProgram("mirror_host.ts", [
        await data.make(name),
        pages.line,
        keyFile,
        tracker,
      ]);
    }, { of: plain.name, ratio: RATIO, peakMb: PEAK_MB });
    return [plain, host];
  });
  return prepared(runs, async () => {
    await pages.stop();
    await data.remove();
    await Deno.remove(base, { recursive: true });
  });
}

/** What is measured: the runs, of which the first is what the others are compared with. `clean` follows their end. */
export function prepared(runs: readonly Run[], clean: () => Promise<void>): Prepared {
  const [baseline, ...cases] = runs;
  if (baseline === undefined) throw new Error("There is no place to measure on");
  return {
    baseline,
    cases,
    figures: () => runs.flatMap((one) => one.figures()),
    async clean() {
      for (const one of runs) await one.stop();
      await clean();
    },
  };
}

/** A program that is started afresh for each run, and told to begin. */
export class Run implements Case {
  readonly name: string;
  readonly of: string;
  readonly limit?: number;
  readonly #start: () => Promise<Server>;
  readonly #issues: number;
  readonly #peakMb: number | undefined;
  #program: Server | null = null;
  #peak = 0;

  constructor(
    name: string,
    start: () => Promise<Server>,
    limits: { readonly of?: string; readonly ratio?: number; readonly peakMb?: number } = {},
    issues: number = ISSUES,
  ) {
    this.name = name;
    this.of = limits.of ?? name;
    this.#start = start;
    this.#issues = issues;
    this.#peakMb = limits.peakMb;
    if (limits.ratio !== undefined) this.limit = limits.ratio;
  }

  async before(): Promise<void> {
    await this.stop();
    this.#program = await this.#start();
  }

  async run(): Promise<void> {
    if (this.#program === null) throw new Error("The program does not run");
    const answer = await fetch(this.#program.line);
    if (!answer.ok) throw new Error(`${this.name}: ${await answer.text()}`);
    const { issues, peakMb }: Ran = await answer.json();
    if (issues !== this.#issues) throw new Error(`${this.name} has stored ${issues} issues`);
    this.#peak = Math.max(this.#peak, peakMb);
  }

  async stop(): Promise<void> {
    await this.#program?.stop();
    this.#program = null;
  }

  figures(): Figure[] {
    return [{
      name: `${this.name}, largest resident size`,
      value: this.#peak,
      unit: "MB",
      ...(this.#peakMb === undefined ? {} : { limit: this.#peakMb }),
    }];
  }
}
