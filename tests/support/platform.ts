import { systemDatabaseOpener } from "../../src/platform/database.ts";
import { type Files, systemFiles } from "../../src/platform/files.ts";
import type { Platform, SignalName, SystemFacts } from "../../src/platform/platform.ts";
import { type Processes, systemProcesses } from "../../src/platform/processes.ts";
import type { Random } from "../../src/platform/random.ts";
import { systemClock } from "../../src/platform/clock.ts";
import { systemPlatform } from "../../src/platform/system.ts";
import type { Terminal } from "../../src/platform/terminal.ts";
import { type TestClock, testClock } from "./clock.ts";
import { type ScriptedFetch, scriptedFetch, type Stub } from "./fetch.ts";

/** How a test platform differs from an empty machine without a network. */
export interface TestPlatformOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Expected requests, in order. */
  readonly network?: readonly Stub[];
  /** What is typed or piped into standard input. */
  readonly stdin?: string;
  /** Whether the three streams are a terminal. */
  readonly terminal?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  /** Starts the wall clock (milliseconds since 1970). */
  readonly start?: number;
  /** Wraps the real files, to make some calls fail. */
  readonly files?: (real: Files) => Files;
  readonly processes?: Processes;
  readonly system?: Partial<SystemFacts>;
}

/** A machine of a test's own: real files in a directory of its own, all else scripted. */
export interface TestPlatform extends Platform {
  readonly clock: TestClock;
  readonly network: ScriptedFetch;
  /** A fresh directory: `HOME` of the platform, removed with it. */
  readonly home: string;
  /** What was written to standard output. */
  stdout(): string;
  /** What was written to standard error. */
  stderr(): string;
  /** Changes a variable. */
  setEnv(name: string, value: string | undefined): void;
  /** Raises a signal in the platform's handlers. */
  raise(signal: SignalName): void;
}

/** Runs a test on a machine of its own and checks that every expected request was made. */
export async function withPlatform(
  options: TestPlatformOptions,
  test: (platform: TestPlatform) => Promise<void> | void,
): Promise<void> {
  const home = await Deno.makeTempDir({ prefix: "tracker-test-" });
  try {
    const platform = testPlatform(home, options);
    await test(platform);
    platform.network.assertUsed();
  } finally {
    await Deno.remove(home, { recursive: true });
  }
}

/** A test platform with `home` as its home directory. */
export function testPlatform(home: string, options: TestPlatformOptions = {}): TestPlatform {
  const clock = testClock(options.start);
  const random = countingRandom();
  const network = scriptedFetch(options.network ?? [], clock);
  const env = new Map(Object.entries({ HOME: home, ...options.env }));
  const written = { stdout: "", stderr: "" };
  const real = systemFiles(clock, random);
  const handlers = new Set<{ signal: SignalName; handler: () => void }>();
  const actual = systemPlatform();
  return {
    home,
    clock,
    random,
    network,
    fetch: network.fetch,
    env: { get: (name) => env.get(name) },
    setEnv(name, value) {
      if (value === undefined) env.delete(name);
      else env.set(name, value);
    },
    files: options.files?.(real) ?? real,
    processes: options.processes ?? systemProcesses(systemClock()),
    terminal: testTerminal(options, written),
    stdout: () => written.stdout,
    stderr: () => written.stderr,
    system: {
      ...actual.system,
      // As in a bundle, so that no path of this machine is in what is said.
      sources: null,
      cwd: () => home,
      hostname: () => "test-machine",
      ...options.system,
    },
    signals: {
      listen(signal, handler) {
        const entry = { signal, handler };
        handlers.add(entry);
        return () => void handlers.delete(entry);
      },
    },
    raise(signal) {
      for (const entry of [...handlers]) if (entry.signal === signal) entry.handler();
    },
    serve: actual.serve,
    openDatabase: systemDatabaseOpener(),
  };
}

/** Chance without chance: bytes count up, fractions are the middle. */
export function countingRandom(): Random {
  let next = 0;
  const bytes = (length: number) => {
    next++;
    const seed = next;
    return new Uint8Array(length).map((_, i) =>
      (i < 4 ? seed >> (8 * (3 - i)) : seed * 31 + i) & 255
    );
  };
  return {
    bytes,
    fraction: () => 0.5,
    uuid() {
      const hex = Array.from(bytes(16), (byte) => byte.toString(16).padStart(2, "0")).join("");
      return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${
        hex.slice(20, 32)
      }`;
    },
  };
}

/** A terminal of a test's own: scripted input, output that is kept. */
export function testTerminal(
  options: Pick<TestPlatformOptions, "stdin" | "terminal" | "columns" | "rows">,
  written: { stdout: string; stderr: string },
): Terminal {
  const isTerminal = options.terminal ?? false;
  let input = options.stdin ?? "";
  const readLine = () => {
    if (input === "") return Promise.resolve(null);
    const end = input.indexOf("\n");
    const line = end < 0 ? input : input.slice(0, end);
    input = end < 0 ? "" : input.slice(end + 1);
    return Promise.resolve(line);
  };
  const output = (name: "stdout" | "stderr") => ({
    isTerminal,
    columns: () => options.columns ?? 80,
    rows: () => options.rows ?? 24,
    write(text: string) {
      written[name] += text;
    },
    writeBytes(bytes: Uint8Array) {
      written[name] += new TextDecoder().decode(bytes);
    },
  });
  return {
    stdin: {
      isTerminal,
      readLine,
      readSecret: readLine,
      withKeys: (work) =>
        work(() => {
          const keys = input;
          input = "";
          return Promise.resolve(keys === "" ? null : keys);
        }),
      readAll() {
        const all = input;
        input = "";
        return Promise.resolve(all);
      },
      readBytes(maxBytes) {
        const all = new TextEncoder().encode(input);
        input = "";
        return Promise.resolve(all.length > maxBytes ? null : all);
      },
    },
    stdout: output("stdout"),
    stderr: output("stderr"),
    log: {
      write(lines) {
        written.stderr += lines;
      },
      dropped: () => 0,
      flush: () => Promise.resolve(),
    },
  };
}
