import { errorText, TrackerError, usageError } from "../platform/tracker_error.ts";
import { normalizeHostUrl } from "../user/host_url.ts";
import { answerError } from "./answers.ts";
import { sendAuthorized, type TokenSource } from "./authorized.ts";
import type { OpenHost } from "./open_host.ts";
import {
  originOf,
  type RequestBody,
  type RequestMethod,
  type TransportAnswer,
} from "./transport.ts";

/** The methods of a call that a person makes up. */
export const RAW_METHODS = [
  "GET",
  "HEAD",
  "POST",
  "PUT",
  "PATCH",
  "DELETE",
] as const satisfies readonly RequestMethod[];

/** One of {@link RAW_METHODS}. */
export type RawMethod = typeof RAW_METHODS[number];

/** A call that a person made up. */
export interface RawCall {
  readonly method: RawMethod;
  /** Path below the base URL with its query, as {@link rawPath} returns it. */
  readonly path: string;
  /** JSON as it is sent; `null` without a body. */
  readonly body: Uint8Array<ArrayBuffer> | null;
  /** Gives the call up. */
  readonly signal?: AbortSignal | undefined;
}

/** Returns whether a method asks, and changes nothing: it has no body, and its fields are the query. */
export function isQuestion(method: RawMethod): boolean {
  return method === "GET" || method === "HEAD";
}

/**
 * Sends one call in the session's name and returns its answer, whatever its status but a lasting 401. A write carries a
 * fresh `Idempotency-Key`, and is not repeated once its answer is lost.
 *
 * @throws {TrackerError} what {@link sendAuthorized} throws.
 */
export async function sendRaw(
  options: OpenHost & { readonly tokens: TokenSource },
  { method, path, body, signal }: RawCall,
): Promise<TransportAnswer> {
  const isWrite = !isQuestion(method);
  const request = {
    call: nameOf({ method, path }),
    method,
    path,
    headers: {
      "Accept": "application/json, */*;q=0.5",
      ...(isWrite ? { "Idempotency-Key": options.platform.random.uuid() } : {}),
    },
    ...(body === null ? {} : { body: { kind: "bytes", bytes: body } satisfies RequestBody }),
    signal,
  };
  try {
    return await sendAuthorized(options, request);
  } catch (error) {
    throw isWrite ? perhapsArrived(error) : error;
  }
}

/** Returns the failure that an answer other than 2xx tells of, with its status; `null` for 2xx. */
export function rawFailure(
  answer: TransportAnswer,
  call: Pick<RawCall, "method" | "path">,
  baseUrl: string,
): TrackerError | null {
  const { status } = answer;
  if (status >= 200 && status <= 299) return null;
  const name = nameOf(call);
  const failure = answerError(answer, name, originOf(baseUrl));
  const { code, message, nextAction, details } = failure;
  const headers = TOLD_HEADERS.flatMap((header) => {
    const value = answer.headers.get(header);
    return value === null ? [] : [[header, value] as const];
  });
  return new TrackerError({
    code,
    message: message.startsWith(`HTTP ${status} `)
      ? message
      : `HTTP ${status} from "${name}": ${message.replace(/\.$/, "")}`,
    nextAction,
    details: { ...details, http_status: status, headers: Object.fromEntries(headers) },
    cause: failure,
  });
}

/** Headers of a failed answer that say why, or when to come back. */
const TOLD_HEADERS = [
  "allow",
  "content-type",
  "retry-after",
  "www-authenticate",
  "x-request-id",
] as const;

/**
 * Returns a path that a person typed as one below the base URL, with its query and the fields behind that. The address
 * of the host itself may stand before it.
 *
 * @throws {TrackerError} `usage` for what leads to another host, or out of the base URL: the token goes there only.
 */
export function rawPath(
  baseUrl: string,
  given: string,
  query: readonly (readonly [name: string, value: string])[] = [],
): string {
  const base = normalizeHostUrl(baseUrl);
  const own = below(base, given);
  const path = own.startsWith("/") ? own : `/${own}`;
  if (path.startsWith("//")) throw elsewhere(given, base);
  if (!path.isWellFormed() || UNSENDABLE.test(path)) {
    throw usageError(
      "The path holds a blank, a line break, a backslash or `#`",
      "Write such a character in its encoded form, such as `%20` for a blank.",
    );
  }
  const [steps = ""] = path.split("?", 1);
  if (steps.split(SEPARATOR).some((step) => UPWARDS.test(step))) {
    throw usageError(
      `The path "${withoutSecrets(given)}" holds \`.\` or \`..\` as a step`,
      "Write the path that is meant, below the address of the host.",
    );
  }
  const url = URL.parse(base + path);
  const isBelow = url !== null && url.origin === originOf(base) &&
    url.pathname.startsWith(`${new URL(base).pathname.replace(/\/$/, "")}/`);
  if (!isBelow) throw elsewhere(given, base);
  const fields = new URLSearchParams(query.map(([name, value]) => [name, value])).toString();
  if (fields === "") return path;
  const joint = !path.includes("?") ? "?" : /[?&]$/.test(path) ? "" : "&";
  return `${path}${joint}${fields}`;
}

/** Returns what stands behind the address of the host, where that was given. */
function below(base: string, given: string): string {
  if (!/^[a-z][a-z0-9+.-]*:/i.test(given)) return given;
  if (given !== base && !given.startsWith(`${base}/`)) throw elsewhere(given, base);
  return given.slice(base.length);
}

/** A step of a path may be separated in an encoded form, too. */
const SEPARATOR = /\/|%2f|%5c/i;

const UPWARDS = /^(?:\.|%2e){1,2}$/i;

const UNSENDABLE = /[\p{Cc} \\#]/u;

/** The call as messages name it; the query may hold secrets. */
function nameOf({ method, path }: Pick<RawCall, "method" | "path">): string {
  return `${method} ${path.split("?", 1)[0]}`;
}

function elsewhere(given: string, base: string): TrackerError {
  return usageError(
    `"${
      withoutSecrets(given)
    }" is not below ${base}: the token of the session goes to no other address`,
    "Give the path alone, such as `/api/v1/me`. `tracker auth switch` changes the host.",
  );
}

/** An address may hold a password before its host, and anything in its query. */
function withoutSecrets(address: string): string {
  return address.replace(/[?#][^]*$/, "").replace(
    /^([a-z][a-z0-9+.-]*:)?([/\\]*)[^/\\]*@/i,
    "$1$2***@",
  );
}

/** Without a whole answer to a write, it is not known whether it was done. */
function perhapsArrived(error: unknown): unknown {
  if (!(error instanceof TrackerError) || !UNANSWERED.includes(error.code)) return error;
  return new TrackerError({
    code: error.code,
    message: errorText(error),
    nextAction: "The host may have done it all the same: look before you send it again.",
    details: error.details,
    exitCode: error.exitCode,
    cause: error,
  });
}

const UNANSWERED: readonly string[] = [
  "network_error",
  "network_timeout",
  "response_too_large",
  "redirect_refused",
];
