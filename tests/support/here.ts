import { run } from "../../src/cli/main.ts";
import { type Clock, systemClock } from "../../src/platform/clock.ts";
import type { DatabaseOpener } from "../../src/platform/database.ts";
import type { Files } from "../../src/platform/files.ts";
import type { Fetch, Platform, SignalName } from "../../src/platform/platform.ts";
import type { Processes } from "../../src/platform/processes.ts";
import { systemPlatform } from "../../src/platform/system.ts";
import type { CommandResult } from "./cli.ts";
import { testTerminal } from "./platform.ts";

/** How a command that runs inside this process differs from one typed in the project. */
export interface HereOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly stdin?: string;
  /** Whether the three streams are a terminal; no. */
  readonly terminal?: boolean;
  readonly columns?: number;
  /** Wraps the real files. */
  readonly files?: (real: Files) => Files;
  /** Wraps the real network. */
  readonly fetch?: (real: Fetch) => Fetch;
  /** Wraps what runs other programs. */
  readonly processes?: (real: Processes) => Processes;
  /** Wraps what opens databases. */
  readonly openDatabase?: (real: DatabaseOpener) => DatabaseOpener;
  /** Seconds of waiting that pass in one real second; 50. */
  readonly haste?: number;
  /** Handed a function that raises a signal in the command. */
  readonly signals?: (raise: (signal: SignalName) => void) => void;
}

/**
 * Runs one command line inside this process, on the real network and files, as
 * another user in another directory; waiting passes quickly.
 */
export async function runHere(
  args: readonly string[],
  options: HereOptions,
): Promise<CommandResult> {
  const written = { stdout: "", stderr: "" };
  const code = await run(args, machine(options, written));
  return { code, ...written };
}

function machine(options: HereOptions, written: { stdout: string; stderr: string }): Platform {
  const real = systemPlatform();
  const handlers = new Set<{ signal: SignalName; handler: () => void }>();
  options.signals?.((signal) => {
    for (const entry of [...handlers]) if (entry.signal === signal) entry.handler();
  });
  return {
    ...real,
    clock: hasty(options.haste ?? 50),
    env: { get: (name) => options.env[name] },
    files: options.files?.(real.files) ?? real.files,
    fetch: options.fetch?.(real.fetch) ?? real.fetch,
    processes: options.processes?.(real.processes) ?? real.processes,
    openDatabase: options.openDatabase?.(real.openDatabase) ?? real.openDatabase,
    terminal: testTerminal(options, written),
    system: { ...real.system, cwd: () => options.cwd },
    signals: {
      listen(signal, handler) {
        const entry = { signal, handler };
        handlers.add(entry);
        return () => void handlers.delete(entry);
      },
    },
  };
}

/** The real clock, on which sleeping takes a fraction of its time; what it says it took is whole. */
function hasty(haste: number): Clock {
  const real = systemClock();
  let skipped = 0;
  return {
    ...real,
    monotonic: () => real.monotonic() + skipped,
    async sleep(ms, options) {
      const taken = ms / haste;
      await real.sleep(taken, options);
      skipped += ms - taken;
    },
  };
}
