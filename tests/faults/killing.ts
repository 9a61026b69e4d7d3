import type { Files } from "../../src/platform/files.ts";
import type { Processes } from "../../src/platform/processes.ts";
import type { Fetch } from "../../src/platform/platform.ts";

/** A run that ends at one of its steps, as if the process had been killed there. */
export interface Killing {
  readonly files: (real: Files) => Files;
  readonly fetch: (real: Fetch) => Fetch;
  /** Steps are the git commands that change something; a dead process runs no other either. */
  readonly git: (real: Processes) => Processes;
  /** Whether it came to the step; if not, the run has fewer. */
  isDead(): boolean;
}

/** The verbs of git that change a repository. */
const CHANGING = ["add", "branch", "commit", "reset", "switch"];

/**
 * Ends a run at its `step`-th step (from 1): a request, or a call that changes a file. `done` says
 * whether that step still has its effect. From then on nothing has any.
 */
export function killAt(step: number, done: boolean): Killing {
  let taken = 0;
  let dead = false;
  const changing = async <T>(act: () => Promise<T>): Promise<T> => {
    if (dead) throw new Error("Killed");
    if (++taken !== step) return await act();
    dead = true;
    if (done) await act();
    throw new Error("Killed");
  };
  return {
    isDead: () => dead,
    files: (real) => ({
      ...real,
      writeAtomic: (...args) => changing(() => real.writeAtomic(...args)),
      append: (...args) => changing(() => real.append(...args)),
      makeDirectory: (...args) => changing(() => real.makeDirectory(...args)),
      setMode: (...args) => changing(() => real.setMode(...args)),
      rename: (...args) => changing(() => real.rename(...args)),
      remove: (...args) => changing(() => real.remove(...args)),
    }),
    fetch: (real) => (request) => changing(() => real(request)),
    git: (real) => ({
      ...real,
      run(options) {
        if (dead) return Promise.reject(new Error("Killed"));
        const run = () => real.run(options);
        return CHANGING.some((verb) => options.args.includes(verb)) ? changing(run) : run();
      },
    }),
  };
}

/**
 * Runs `attempt` once for each step it has, before and after that step's effect; `attempt` answers
 * when the killed run has ended and been looked at. Answers how many steps there were.
 */
export async function atEveryStep(
  attempt: (killing: Killing, label: string) => Promise<void>,
): Promise<number> {
  for (let step = 1;; step++) {
    for (const done of [false, true]) {
      const killing = killAt(step, done);
      await attempt(killing, `step ${step}, ${done ? "done" : "not done"}`);
      if (!killing.isDead()) return step - 1;
    }
  }
}
