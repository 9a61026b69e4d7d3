import type { ErrorCode } from "../../contract/errors.ts";

/** Forms a made-up failure can take. */
export const FAILURE_BODIES = [
  "envelope",
  "html",
  "truncated",
  "empty",
  "broken",
  "redirect",
  "huge",
  "not_utf8",
] as const;

/** A failure to be made up for the next calls. */
export interface PlannedFailure {
  /** How many calls are left. */
  times: number;
  readonly status: number;
  readonly errorCode: ErrorCode | null;
  readonly body: typeof FAILURE_BODIES[number];
  /** Only calls whose path holds this text. */
  readonly path: string;
  /** Whether the call does its work before its answer is lost. */
  readonly after: boolean;
  /** Seconds, in the envelope. */
  readonly retryAfter: number | null;
  /** Seconds, in the header. */
  readonly retryAfterHeader: number | null;
  /** Says `code` for `error_code`, as older hosts do. */
  readonly oldWord: boolean;
}

/** One request the host has answered, without its secrets. */
export interface RequestRecord {
  readonly at: string;
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  /** The JSON body of a tracker call, when it is small. */
  readonly body: unknown;
  readonly status: number;
}

/** What tests and demos can pull, in development only. */
export interface Levers {
  /** Milliseconds every call waits first. */
  delayMs: number;
  /** Pushes and runs with more items than this are answered 202; `null` leaves it to the host. */
  acceptAbove: number | null;
  /** Milliseconds an asynchronous operation takes. */
  operationDelayMs: number;
  /** What becomes of a device code at once; `null` leaves it to the person. */
  deviceDecision: "approve" | "deny" | null;
  /** Seconds between two polls of the device flow. */
  deviceInterval: number;
  /** Seconds a device code lives. */
  deviceExpiresIn: number;
  /** Projects whose events are refused as a batch. */
  deniedProjects: readonly string[];
  /** How such a refusal is written. */
  detailsForm: "list" | "json" | "text";
  /** Event types that are rejected one by one. */
  rejectedTypes: readonly string[];
  /** Failures to make up, in order. */
  readonly failures: PlannedFailure[];
  /** The last requests, oldest first. */
  readonly requests: RequestRecord[];
}

/** Levers at rest. */
export function restingLevers(): Levers {
  return {
    delayMs: 0,
    acceptAbove: null,
    operationDelayMs: 600,
    deviceDecision: null,
    deviceInterval: 1,
    deviceExpiresIn: 600,
    deniedProjects: [],
    detailsForm: "list",
    rejectedTypes: [],
    failures: [],
    requests: [],
  };
}
