import assert from "node:assert/strict";
import fc from "../support/properties.ts";
import { TrackerError } from "../../src/platform/tracker_error.ts";

/** One parser at the border, and what must hold of it whatever it is given. */
export interface Target {
  /** What is fuzzed, in kebab case. */
  readonly name: string;
  /** Runs the property once with each input that `options` allow; fails with the smallest bad input. */
  run(options: FuzzOptions): Promise<FuzzReport>;
}

/** How long and from where. */
export interface FuzzOptions {
  readonly seed: number;
  /** Inputs to try at most. */
  readonly runs: number;
  /** Milliseconds after which no new input is tried. */
  readonly timeLimitMs?: number;
}

/** What came of it. */
export interface FuzzReport {
  readonly runs: number;
  /** The failure with the input that shows it; `null` when there was none. */
  readonly failure: string | null;
}

/** Milliseconds one input may take: far more than any takes, far less than a hang. */
export const TIME_LIMIT_MS = 10_000;

/** Makes a target of inputs and a property. `open` makes what all inputs share. */
export function target<Input, Shared>(parts: {
  readonly name: string;
  readonly input: fc.Arbitrary<Input>;
  readonly open: () => Promise<Shared>;
  readonly attempt: (input: Input, shared: Shared) => Promise<void>;
  readonly close: (shared: Shared) => Promise<void>;
}): Target {
  return {
    name: parts.name,
    async run({ seed, runs, timeLimitMs }) {
      const shared = await parts.open();
      const { warn, error } = console;
      const spoken: string[] = [];
      let attempt: Promise<void> = Promise.resolve();
      console.warn = console.error = (...words: unknown[]) => void spoken.push(words.join(" "));
      try {
        const property = fc.asyncProperty(parts.input, async (input) => {
          const started = performance.now();
          attempt = parts.attempt(input, shared);
          await attempt;
          const ms = Math.round(performance.now() - started);
          assert.ok(ms < TIME_LIMIT_MS, `it took ${ms} ms`);
          assert.deepEqual(spoken.splice(0), [], "words went around the program's own streams");
        });
        const outcome = await fc.check(property, {
          seed,
          numRuns: runs,
          endOnFailure: false,
          ...(timeLimitMs === undefined
            ? {}
            : { interruptAfterTimeLimit: timeLimitMs, markInterruptAsFailure: false }),
        });
        const failure = outcome.failed ? await reportOf(outcome) : null;
        return { runs: outcome.numRuns, failure };
      } finally {
        // The time may be up in the middle of one.
        await attempt.catch(() => {});
        Object.assign(console, { warn, error });
        await parts.close(shared);
      }
    },
  };
}

async function reportOf<Input>(outcome: fc.RunDetails<[Input]>): Promise<string> {
  const { errorInstance } = outcome;
  const why = errorInstance instanceof Error
    ? errorInstance.stack ?? errorInstance.message
    : String(errorInstance);
  return `${why}\n${await fc.asyncDefaultReportMessage(outcome) ?? ""}`;
}

/**
 * Awaits work that may fail, but only on purpose: with a {@link TrackerError} that has a message and is
 * no `internal` one. Answers what it gave, or the failure.
 */
export async function onPurpose<T>(
  work: () => Promise<T> | T,
): Promise<
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: TrackerError }
> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    if (!(error instanceof TrackerError)) throw error;
    assert.notEqual(error.message.trim(), "", "a failure has a message");
    assert.notEqual(error.code, "internal");
    // What `--json` prints of it.
    assert.equal(typeof JSON.stringify(error.details), "string");
    return { ok: false, error };
  }
}
