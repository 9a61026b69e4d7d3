import type { Database, DatabaseOpener } from "../../src/platform/database.ts";
import type { Files } from "../../src/platform/files.ts";
import type { Processes } from "../../src/platform/processes.ts";
import type { Fetch } from "../../src/platform/platform.ts";

/** A run that ends at one of its steps, as if the process had been killed there. */
export interface Killing {
  readonly files: (real: Files) => Files;
  readonly fetch: (real: Fetch) => Fetch;
  /** Steps are the rows that are written; a dead process commits nothing. */
  readonly openDatabase: (real: DatabaseOpener) => DatabaseOpener;
  /** Steps are the git commands that change something; a dead process runs no other either. */
  readonly git: (real: Processes) => Processes;
  /** Whether it came to the step; if not, the run has fewer. */
  isDead(): boolean;
  /** Resolves when all requests that were sent have been answered: nothing takes back what a dead process has sent. */
  settled(): Promise<void>;
}

/** The verbs of git that change a repository. */
const CHANGING = ["add", "branch", "commit", "reset", "switch"];

/**
 * Ends a run at its `step`-th step (from 1): a request, a row, or a call that changes a file. `done` says
 * whether that step still has its effect; of a row it has none, as what was begun is not committed. From then on nothing has any.
 */
export function killAt(step: number, done: boolean): Killing {
  let taken = 0;
  let dead = false;
  const sent: Promise<unknown>[] = [];
  const send = (real: Fetch, request: Request) => {
    const lasting = new AbortController();
    const { signal } = request;
    const stop = () => {
      if (!dead) lasting.abort(signal.reason);
    };
    signal.addEventListener("abort", stop);
    if (signal.aborted) stop();
    const answer = real(new Request(request, { signal: lasting.signal }));
    sent.push(answer);
    return answer;
  };
  const changing = async <T>(act: () => Promise<T>): Promise<T> => {
    if (dead) throw new Error("Killed");
    if (++taken !== step) return await act();
    dead = true;
    if (done) await act();
    throw new Error("Killed");
  };
  return {
    isDead: () => dead,
    settled: async () => void await Promise.allSettled(sent),
    files: (real) => ({
      ...real,
      writeAtomic: (...args) => changing(() => real.writeAtomic(...args)),
      append: (...args) => changing(() => real.append(...args)),
      makeDirectory: (...args) => changing(() => real.makeDirectory(...args)),
      setMode: (...args) => changing(() => real.setMode(...args)),
      rename: (...args) => changing(() => real.rename(...args)),
      remove: (...args) => changing(() => real.remove(...args)),
    }),
    fetch: (real) => (request) => changing(() => send(real, request)),
    openDatabase: (real) => async (path, options) => {
      if (dead) throw new Error("Killed");
      const database = await real(path, options);
      if (options?.readOnly !== true) {
        onEachRow(database, () => {
          if (dead || ++taken === step) {
            dead = true;
            throw new Error("Killed");
          }
        });
      }
      return database;
    },
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

/** Calls `act` before each row that is written to a table of a database. */
function onEachRow(database: Database, act: () => void): void {
  database.function("step", () => {
    act();
    return 0;
  });
  const tables = database.prepare(
    "SELECT name FROM main.pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
  ).all();
  for (const { name } of tables) {
    for (const write of ["INSERT", "UPDATE", "DELETE"]) {
      database.exec(
        `CREATE TEMP TRIGGER step_${name}_${write} BEFORE ${write} ON main."${name}"
         BEGIN SELECT step(); END`,
      );
    }
  }
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
