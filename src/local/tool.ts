import { resolveFrom } from "../platform/paths.ts";
import type { Platform } from "../platform/platform.ts";
import { interrupted, TrackerError } from "../platform/tracker_error.ts";
import type { WriteFailure } from "../sync/side.ts";
import type { SyncField } from "../sync/fields.ts";
import { answeredError, toolMessage } from "./tool_message.ts";

/** What running a tool takes. */
export interface ToolOptions {
  readonly platform: Pick<Platform, "processes" | "files" | "clock">;
  /** The executable: a name looked up on the path, or a path. */
  readonly command: string;
  /** The directory it runs in. */
  readonly cwd: string;
  /** Lock file that keeps calls for one workspace apart. */
  readonly lockPath: string;
  /** How to get the tool, a sentence. */
  readonly installHint: string;
  /** Recognises, in a message of the tool, that the directory is not set up for it; and what to do then. */
  readonly notSetUp: { readonly pattern: RegExp; readonly nextAction: string };
  /** Recognises, in a message of the tool, that it did nothing as another program has its database. */
  readonly busy?: RegExp;
  /** Stops the waiting for a database that is in use; a call that fails once it is aborted was interrupted. */
  readonly signal?: AbortSignal;
  /** Milliseconds a call gets; 60,000 by default. */
  readonly timeoutMs?: number;
}

/** One call of a tool. */
export interface ToolCall {
  /** What the call does, such as `list`: shown in errors, so it holds no content. */
  readonly verb: string;
  readonly args: readonly string[];
  /** Text for standard input. */
  readonly stdin?: string;
  /** The exit code with which the tool says that a precondition of a write did not hold. */
  readonly staleCode?: number;
}

/** A call that the tool ended with another code than 0, or answered with an error. */
export interface ToolFailure {
  readonly kind: "failed";
  readonly error: TrackerError;
  /** The tool's own message, fit for a terminal. */
  readonly message: string;
}

/** What a call came to. */
export type ToolOutcome =
  | { readonly kind: "ok"; readonly stdout: Uint8Array<ArrayBuffer> }
  | ToolFailure;

const TIMEOUT_MS = 60_000;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2_000;
const MAX_OUTPUT_BYTES = 256 * 1024 * 1024;

/**
 * Runs a command-line tool: an argument vector, a deadline, bounded output, one call at a time per
 * workspace.
 */
export class Tool {
  readonly #options: ToolOptions;

  /** Starts nothing yet. */
  constructor(options: ToolOptions) {
    this.#options = options;
  }

  /**
   * Makes a call; a failure that the tool tells of is an outcome, not an error.
   *
   * @throws {TrackerError} `tool_missing`, `tool_directory_missing`, `tool_not_set_up`, `tool_busy`, `locked`,
   * `interrupted`, and what starting a process throws.
   */
  async call(call: ToolCall): Promise<ToolOutcome> {
    const { platform, lockPath } = this.#options;
    const lock = await platform.files.lock(lockPath, {
      deadlineMs: this.#timeoutMs,
      purpose: this.#label(call),
    });
    try {
      return await this.#untilFree(call);
    } finally {
      await lock.release();
    }
  }

  /**
   * Makes a call that has to succeed and answers its standard output.
   *
   * @throws {TrackerError} `tool_failed` with the command, its exit code and the tool's own message; and
   * what {@link Tool.call} throws.
   */
  async output(call: ToolCall): Promise<Uint8Array<ArrayBuffer>> {
    const outcome = await this.call(call);
    if (outcome.kind === "failed") throw outcome.error;
    return outcome.stdout;
  }

  get #timeoutMs(): number {
    return this.#options.timeoutMs ?? TIMEOUT_MS;
  }

  #label(call: ToolCall): string {
    return `${this.#options.command} ${call.verb}`;
  }

  /** People and agents use the tool while we do: a call that finds the database taken is made again. */
  async #untilFree(call: ToolCall): Promise<ToolOutcome> {
    const { platform: { clock }, busy, signal } = this.#options;
    const until = clock.monotonic() + this.#timeoutMs;
    for (let pause = FIRST_PAUSE_MS;; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
      const outcome = await this.#run(call);
      if (outcome.kind === "ok") return outcome;
      // Ctrl-C reaches the tool, too.
      if (signal?.aborted === true) throw interrupted(outcome.error);
      if (busy?.test(outcome.message) !== true) return outcome;
      if (clock.monotonic() + pause > until) throw this.#isBusy(call, outcome);
      await clock.sleep(pause, signal === undefined ? {} : { signal }).catch((error) => {
        throw interrupted(error);
      });
    }
  }

  #isBusy(call: ToolCall, { error, message }: ToolFailure): TrackerError {
    return new TrackerError({
      code: "tool_busy",
      message: `"${this.#label(call)}" found the database in use for ${
        this.#timeoutMs / 1000
      } s: ${message}`,
      nextAction: "End the program that holds the tool's database, then try again.",
      details: error.details,
      cause: error,
    });
  }

  async #run(call: ToolCall): Promise<ToolOutcome> {
    const { platform, command, cwd } = this.#options;
    await this.#requireDirectory();
    const result = await platform.processes.run({
      // A relative path is seen from the directory the tool runs in, whatever the system would do.
      command: /[/\\]/.test(command) ? resolveFrom(cwd, command) : command,
      args: call.args,
      cwd,
      ...(call.stdin === undefined ? {} : { stdin: call.stdin }),
      timeoutMs: this.#timeoutMs,
      maxOutputBytes: MAX_OUTPUT_BYTES,
    }).catch((error: unknown) => {
      throw this.#explained(error, call);
    });
    if (result.code !== 0) {
      return this.#failure(call, result.code, toolMessage(result.stdout, result.stderr));
    }
    // Some failures end with success all the same.
    const message = answeredError(result.stdout);
    if (message === null) return { kind: "ok", stdout: result.stdout };
    return this.#failure(call, result.code, message);
  }

  async #requireDirectory(): Promise<void> {
    const { platform, cwd } = this.#options;
    // A missing directory would be reported by the system as a missing command.
    if ((await platform.files.stat(cwd))?.kind === "directory") return;
    throw new TrackerError({
      code: "tool_directory_missing",
      message: `The directory "${cwd}" does not exist`,
      nextAction: "Bind again with `--credential cwd=DIR`.",
      details: { cwd },
    });
  }

  #failure(call: ToolCall, code: number | null, message: string): ToolFailure {
    const { notSetUp, command } = this.#options;
    const details = { command: this.#label(call), exit_code: code, tool_message: message };
    if (notSetUp.pattern.test(message)) {
      throw new TrackerError({
        code: "tool_not_set_up",
        message: `"${command}" is not set up in "${this.#options.cwd}": ${message}`,
        nextAction: notSetUp.nextAction,
        details,
      });
    }
    const how = code === null
      ? "was ended by a signal"
      : code === 0
      ? "answered with an error"
      : `failed with exit code ${code}`;
    const error = new TrackerError({
      code: "tool_failed",
      message: `"${this.#label(call)}" ${how}${message === "" ? "" : `: ${message}`}`,
      details,
    });
    return { kind: "failed", error, message };
  }

  #explained(error: unknown, call: ToolCall): unknown {
    if (!(error instanceof TrackerError)) return error;
    const details = { ...error.details, command: this.#label(call) };
    if (error.code === "command_missing") {
      return new TrackerError({
        code: "tool_missing",
        message: error.message,
        nextAction: this.#options.installHint,
        details,
        cause: error,
      });
    }
    const nextAction = NEXT_ACTIONS[error.code];
    return new TrackerError({
      code: error.code,
      message: `"${this.#label(call)}": ${error.message}`,
      ...(nextAction === undefined ? {} : { nextAction }),
      details,
      cause: error,
    });
  }
}

/** What a write came to: what the tool answered, or why it did not write. */
export type WriteOutcome =
  | { readonly failure: null; readonly stdout: Uint8Array<ArrayBuffer> }
  | { readonly failure: WriteFailure };

/**
 * Makes a call that writes fields.
 *
 * @throws {TrackerError} one of {@link FATAL_TOOL_CODES} or {@link UNANSWERED_CODES}.
 */
export async function write(
  tool: Tool,
  call: ToolCall,
  fields: readonly SyncField[],
): Promise<WriteOutcome> {
  try {
    const outcome = await tool.call(call);
    if (outcome.kind === "ok") return { failure: null, stdout: outcome.stdout };
    const { code, message, details } = outcome.error;
    const isStale = call.staleCode !== undefined && details["exit_code"] === call.staleCode;
    return {
      failure: isStale
        ? { fields, code: VERSION_CONFLICT, message, isRefusal: false }
        : { fields, code, message, isRefusal: isRefusal(outcome.error) },
    };
  } catch (error) {
    if (!isOfOneCall(error)) throw error;
    const { code, message } = error;
    return { failure: { fields, code, message, isRefusal: isRefusal(error) } };
  }
}

/** Whether an error is of one call alone: another one may succeed. */
export function isOfOneCall(error: unknown): error is TrackerError {
  return error instanceof TrackerError && !FATAL_TOOL_CODES.includes(error.code) &&
    !UNANSWERED_CODES.includes(error.code);
}

/** The code of a write that was not made, as the issue has changed since it was read. */
export const VERSION_CONFLICT = "version_conflict";

/**
 * Whether the same call would fail again: the tool refuses the change, or cannot be given such arguments. Trouble with
 * its storage or its connection passes, so such a change is sent again by the next push.
 */
export function isRefusal({ code, message, details }: TrackerError): boolean {
  return code === "command_not_started" ||
    (code === "tool_failed" && typeof details["exit_code"] === "number" && !PASSES.test(message));
}

/** Words of storage, locks and connections in what a tool says. */
const PASSES =
  /\b(?:databases?|sqlite|dolt|locked|lock|busy|disks?|no space|read-only|i\/o|permission denied|time[ds]?[ -]?out|deadline|connections?|network|unreachable|unavailable|too many open files|out of memory|killed|signal|broken pipe|eof)\b/i;

/** Codes of errors after which no further call can succeed, or is wanted. */
export const FATAL_TOOL_CODES: readonly string[] = [
  "tool_missing",
  "tool_directory_missing",
  "tool_not_set_up",
  "command_not_executable",
  "interrupted",
];

/** Codes of errors of a tool that does not answer, most likely as another program holds its database. */
export const UNANSWERED_CODES: readonly string[] = ["command_timeout", "tool_busy", "locked"];

const NEXT_ACTIONS: Readonly<Record<string, string>> = {
  command_not_executable:
    "Make the file executable, or bind with another: `--credential command=PATH`.",
  command_not_started: "Take out or shorten what the tool cannot be given, then try again.",
  command_timeout: "Check that no other program holds the tool's database, then try again.",
};
