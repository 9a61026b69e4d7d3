import { denialText, isNotCapable } from "./not_capable.ts";

/** Extra facts about a failure that a program may read; never holds a secret. */
export type ErrorDetails = Readonly<Record<string, unknown>>;

/** What a {@link TrackerError} is made of. */
export interface TrackerErrorInit {
  /** Stable machine-readable name in snake_case, such as `missing_routing_key`. */
  readonly code: string;
  /** One sentence for people: what went wrong. */
  readonly message: string;
  /** One sentence for people: what to do now; `null` when there is nothing to do. */
  readonly nextAction?: string | null;
  /** Facts for programs. */
  readonly details?: ErrorDetails;
  /** Process exit code the edge uses: 1 failed or not ready (default), 2 wrong usage, 130 interrupted. */
  readonly exitCode?: 0 | 1 | 2 | 130;
  /** What caused it. */
  readonly cause?: unknown;
}

/**
 * The one failure type of the program: `code` is for programs to decide by, `message` and `nextAction` are for people.
 * Its subclasses are told apart by `instanceof`; only the process edge turns it into words and an exit code.
 */
export class TrackerError extends Error {
  /** Stable machine-readable name. */
  readonly code: string;
  /** What to do now, or `null`. */
  readonly nextAction: string | null;
  /** Facts for programs. */
  readonly details: ErrorDetails;
  /** Process exit code. */
  readonly exitCode: 0 | 1 | 2 | 130;

  /** Creates a failure from its parts. */
  constructor(init: TrackerErrorInit) {
    super(init.message, init.cause === undefined ? undefined : { cause: init.cause });
    this.name = "TrackerError";
    this.code = init.code;
    this.nextAction = init.nextAction ?? null;
    this.details = init.details ?? {};
    this.exitCode = init.exitCode ?? 1;
  }
}

/** Returns the failure of a wrong use of the command line: exit code 2. */
export function usageError(message: string, nextAction?: string): TrackerError {
  return new TrackerError({
    code: "usage",
    message,
    nextAction: nextAction ?? null,
    exitCode: 2,
  });
}

/** Returns a failure of what was typed as one of the command line, exit code 2; anything else as it is. */
export function asUsage(error: unknown): unknown {
  if (!(error instanceof TrackerError)) return error;
  const { code, message, nextAction, details } = error;
  return new TrackerError({ code, message, nextAction, details, exitCode: 2, cause: error });
}

/** Returns the failure of work that the person at the keyboard gave up: exit code 130. */
export function interrupted(
  cause?: unknown,
  words: Partial<Pick<TrackerErrorInit, "message" | "nextAction" | "details">> = {},
): TrackerError {
  const message = "Interrupted";
  return new TrackerError({ code: "interrupted", message, ...words, exitCode: 130, cause });
}

/** Returns the text of anything that was thrown; a permission that was denied is told with its flag. */
export function errorText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return isNotCapable(error) ? denialText(error.message) : error.message;
}
