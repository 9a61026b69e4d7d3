import { ERROR_CODES, type ErrorCode, errorEnvelope } from "../../contract/errors.ts";
import { sendJson } from "../http/context.ts";

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

/** Most requests that are remembered. */
const MAX_REQUESTS = 5000;

/** Remembers a request. */
export function recordRequest(levers: Levers, record: RequestRecord): void {
  levers.requests.push(record);
  if (levers.requests.length > MAX_REQUESTS) levers.requests.shift();
}

/** The failure planned for a call, counted down; `null` when there is none. */
export function takeFailure(levers: Levers, path: string): PlannedFailure | null {
  const planned = levers.failures.find((one) => one.times > 0 && path.includes(one.path));
  if (planned === undefined) return null;
  planned.times -= 1;
  if (planned.times === 0) levers.failures.splice(levers.failures.indexOf(planned), 1);
  return planned;
}

/** The answer of a made-up failure. */
export function failureResponse(failure: PlannedFailure): Response {
  const retry: Record<string, string> = failure.retryAfterHeader === null
    ? {}
    : { "retry-after": String(failure.retryAfterHeader) };
  const { status } = failure;
  const typed = { "content-type": "application/json", ...retry };
  switch (failure.body) {
    case "html":
      return new Response(
        `<!doctype html><title>${status}</title><h1>Something is broken</h1>`,
        { status, headers: { "content-type": "text/html", ...retry } },
      );
    case "truncated":
      return new Response('{"error_code": "internal_err', { status, headers: typed });
    case "empty":
      return new Response(null, { status, headers: retry });
    case "broken":
      return new Response(brokenStream(), { status, headers: typed });
    case "redirect":
      return new Response(null, { status, headers: { location: "http://127.0.0.1:9/elsewhere" } });
    case "huge":
      return new Response(hugeStream(), { status, headers: typed });
    case "not_utf8":
      return new Response(new Uint8Array([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d]), {
        status,
        headers: typed,
      });
    case "envelope":
      return sendJson(madeUpEnvelope(failure), status, retry);
  }
}

function madeUpEnvelope(failure: PlannedFailure): Record<string, unknown> {
  const { error_code, ...rest } = errorEnvelope({
    code: failure.errorCode ?? codeOf(failure.status),
    status: failure.status,
    message: `Made-up failure with status ${failure.status}`,
    ...(failure.retryAfter === null ? {} : { retryAfterSeconds: failure.retryAfter }),
  });
  return failure.oldWord ? { code: error_code, ...rest } : { error_code, ...rest };
}

function codeOf(status: number): ErrorCode {
  const codes: readonly ErrorCode[] = [
    "unauthorized",
    "no_installation",
    "binding_not_found",
    "already_bound",
    "validation_error",
    "rate_limited",
  ];
  return codes.find((code) => ERROR_CODES[code].status === status) ?? "internal_error";
}

/** Ends in the middle, as a connection that is lost does. */
function brokenStream(): ReadableStream<Uint8Array> {
  let started = false;
  return new ReadableStream({
    pull(controller) {
      if (started) return controller.error(new Error("The connection is lost"));
      started = true;
      controller.enqueue(new TextEncoder().encode('{"status": "ok", "items": ['));
    },
  });
}

/** 33 MiB of JSON: one more than a client accepts. */
function hugeStream(): ReadableStream<Uint8Array> {
  let left = 33;
  const megabyte = new TextEncoder().encode(" ".repeat(1024 * 1024));
  return new ReadableStream({
    pull(controller) {
      if (left-- > 0) controller.enqueue(megabyte);
      else controller.close();
    },
  });
}
