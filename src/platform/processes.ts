import type { Clock } from "./clock.ts";
import { TrackerError } from "./tracker_error.ts";

/** What to run: an argument vector, never a shell. */
export interface ProcessOptions {
  /** The executable: a path, or a name that is looked for on the `PATH`. */
  readonly command: string;
  /** The arguments, each as the command gets it. */
  readonly args: readonly string[];
  /** The directory it runs in; this process's own by default. */
  readonly cwd?: string;
  /** Variables added to the inherited environment, in which `TRACKER_TOKEN` is empty. */
  readonly env?: Readonly<Record<string, string>>;
  /** Text for standard input; without it the input is empty. */
  readonly stdin?: string;
  /** Milliseconds before it is killed; 60,000 by default. */
  readonly timeoutMs?: number;
  /** Bytes of output and of errors that are kept before it is killed; 64 MiB by default. */
  readonly maxOutputBytes?: number;
  /** Kills it when it aborts; the run then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** How a process ended. */
export interface ProcessResult {
  /** Exit code; `null` when a signal ended it. */
  readonly code: number | null;
  /** What it wrote to standard output. */
  readonly stdout: Uint8Array<ArrayBuffer>;
  /** What it wrote to standard error. */
  readonly stderr: Uint8Array<ArrayBuffer>;
}

/** What to run on the streams of this process. With a text for its input, that is the input in place of our own. */
export type AttachedOptions = Pick<ProcessOptions, "command" | "args" | "env" | "stdin">;

/** What to start in the background, outliving this process. */
export interface DetachedOptions {
  /** The executable: a path, or a name that is looked for on the `PATH`. */
  readonly command: string;
  /** The arguments, each as the command gets it. */
  readonly args: readonly string[];
  /** The directory it runs in; this process's own by default. */
  readonly cwd?: string;
  /** Variables added to the inherited environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts and ends other programs. */
export interface Processes {
  /**
   * Runs a command to its end.
   *
   * @throws {TrackerError} `command_missing`, `command_not_executable`, `command_not_started` (its arguments are
   * more than the system takes, or hold a NUL), `command_timeout`, `command_output_too_large`.
   */
  run(options: ProcessOptions): Promise<ProcessResult>;
  /**
   * Runs a command to its end on the streams of this process, for as long as it takes, such as an editor. Returns its
   * exit code, or `null` when a signal ended it.
   *
   * @throws {TrackerError} `command_missing`, `command_not_executable`, `command_not_started`.
   */
  runAttached(options: AttachedOptions): Promise<number | null>;
  /** Starts a command that outlives this process, and returns its process id. */
  startDetached(options: DetachedOptions): number;
  /** Sends a signal; returns `false` when there is no such process. */
  kill(pid: number, signal: "SIGTERM" | "SIGKILL"): boolean;
}

const DEFAULT_TIMEOUT_MS = 60_000;
const DEFAULT_MAX_OUTPUT = 64 * 1024 * 1024;

/** A session is no business of what is run: the token that may be in the environment stays here. */
const WITHHELD = { TRACKER_TOKEN: "" } as const;

/** Returns the real processes. */
export function systemProcesses(clock: Clock): Processes {
  return {
    run: (options) => run(clock, options),
    async runAttached({ command, args, env, stdin }) {
      const child = started(command, {
        args: [...args],
        env: { ...WITHHELD, ...env },
        stdin: stdin === undefined ? "inherit" : "piped",
        stdout: "inherit",
        stderr: "inherit",
      });
      // What the command itself has started may keep its input open after its end.
      const stopped = new AbortController();
      const fed = stdin === undefined ? null : feed(child.stdin, stdin, stopped.signal);
      const { code, signal } = await child.status;
      stopped.abort();
      await fed;
      return signal === null ? code : null;
    },
    startDetached(options) {
      const child = new Deno.Command(options.command, {
        args: [...options.args],
        ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
        ...(options.env === undefined ? {} : { env: { ...options.env } }),
        stdin: "null",
        stdout: "null",
        stderr: "null",
        detached: true,
      }).spawn();
      child.unref();
      return child.pid;
    },
    kill(pid, signal) {
      try {
        Deno.kill(pid, signal);
        return true;
      } catch (error) {
        if (error instanceof Deno.errors.NotFound || error instanceof TypeError) return false;
        throw error;
      }
    },
  };
}

async function run(clock: Clock, options: ProcessOptions): Promise<ProcessResult> {
  const { signal } = options;
  signal?.throwIfAborted();
  const child = spawn(options);
  const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  const limit = options.maxOutputBytes ?? DEFAULT_MAX_OUTPUT;
  const deadline = clock.deadline(timeoutMs);
  let overflow = false;
  // What the command itself has started may keep the streams open after its end.
  const stopped = new AbortController();
  const stop = () => {
    stopped.abort();
    try {
      child.kill("SIGKILL");
    } catch {
      // It has already ended.
    }
  };
  deadline.signal.addEventListener("abort", stop, { once: true });
  signal?.addEventListener("abort", stop, { once: true });
  const tooLarge = () => {
    overflow = true;
    stop();
  };
  try {
    const [, stdout, stderr, status] = await Promise.all([
      feed(child.stdin, options.stdin ?? "", stopped.signal),
      collect(child.stdout, limit, tooLarge, stopped.signal),
      collect(child.stderr, limit, tooLarge, stopped.signal),
      child.status,
    ]);
    signal?.throwIfAborted();
    if (overflow) {
      throw new TrackerError({
        code: "command_output_too_large",
        message: `"${options.command}" wrote more than ${limit} bytes`,
        details: { command: options.command, limit },
      });
    }
    if (deadline.signal.aborted) {
      throw new TrackerError({
        code: "command_timeout",
        message: `"${options.command}" did not finish within ${timeoutMs / 1000} s`,
        details: { command: options.command, timeout_ms: timeoutMs },
      });
    }
    return { code: status.signal === null ? status.code : null, stdout, stderr };
  } finally {
    deadline.clear();
    signal?.removeEventListener("abort", stop);
  }
}

function spawn(options: ProcessOptions): Deno.ChildProcess {
  return started(options.command, {
    args: [...options.args],
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    env: { ...WITHHELD, ...options.env },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  });
}

function started(command: string, options: Deno.CommandOptions): Deno.ChildProcess {
  try {
    return new Deno.Command(command, options).spawn();
  } catch (error) {
    throw notStarted(command, error);
  }
}

function notStarted(command: string, error: unknown): unknown {
  // A permission that Deno was not given is explained elsewhere.
  if (!(error instanceof Error) || error instanceof Deno.errors.NotCapable) return error;
  const details = { command };
  if (error instanceof Deno.errors.NotFound) {
    const message = `Cannot find the command "${command}"`;
    return new TrackerError({ code: "command_missing", message, details, cause: error });
  }
  const isRefused = error instanceof Deno.errors.PermissionDenied;
  const reason = error.message.replace(/^Failed to spawn '.*?': /s, "");
  return new TrackerError({
    code: isRefused ? "command_not_executable" : "command_not_started",
    message: `Cannot start the command "${command}": ${reason}`,
    details,
    cause: error,
  });
}

async function feed(
  stream: WritableStream<Uint8Array>,
  text: string,
  stopped: AbortSignal,
): Promise<void> {
  const writer = stream.getWriter();
  stopped.addEventListener("abort", () => void writer.abort().catch(() => {}), { once: true });
  try {
    if (text !== "") await writer.write(new TextEncoder().encode(text));
    await writer.close();
  } catch {
    // A process that ends without reading its input is judged by its exit code.
  }
}

async function collect(
  stream: ReadableStream<Uint8Array>,
  limit: number,
  tooLarge: () => void,
  stopped: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  const reader = stream.getReader();
  stopped.addEventListener("abort", () => void reader.cancel().catch(() => {}), { once: true });
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    size += read.value.length;
    if (size > limit) tooLarge();
    else chunks.push(read.value);
  }
  const all = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let offset = 0;
  for (const chunk of chunks) {
    all.set(chunk, offset);
    offset += chunk.length;
  }
  return all;
}
