import {
  type ErrorEnvelope,
  errorEnvelope,
  type ErrorEnvelopeInput,
} from "../../contract/errors.ts";
import { faultsOf, parseWith } from "../../contract/parse.ts";
import { HostError } from "../model/host_error.ts";
import { isLongName, MOST_NAME_BYTES } from "../model/short_name.ts";
import type * as v from "valibot";

/** A call that is answered with an error, by what only HTTP knows: a status or headers of its own. */
export class HttpError extends Error {
  /** The answer's body. */
  readonly envelope: ErrorEnvelope;
  /** Further response headers, such as `Allow`. */
  readonly headers: Readonly<Record<string, string>>;

  /** Creates an error from the parts of its envelope. */
  constructor(input: ErrorEnvelopeInput, headers: Readonly<Record<string, string>> = {}) {
    super(input.message);
    this.name = "HttpError";
    this.envelope = errorEnvelope(input);
    this.headers = headers;
  }
}

/**
 * Parses what a client sent; every fault is listed in `details` (wire.md, Errors).
 *
 * @throws {HostError} `validation_error`.
 */
export function parseRequest<T>(schema: v.GenericSchema<unknown, T>, value: unknown): T {
  const parsed = parseWith(schema, value);
  if (parsed.ok) return parsed.value;
  throw invalidRequest(faultsOf(schema, value));
}

/** Returns the error of a request with these faults. */
export function invalidRequest(all: readonly Fault[]): HostError {
  const faults = all.slice(0, 100);
  return new HostError({
    code: "validation_error",
    message: faults.map(sentence)[0] ?? "The request is not valid",
    details: faults.map((fault) => ({ field: fault.path, message: fault.message })),
  });
}

/**
 * Refuses names that are longer than a host stores; each entry is a field and its value.
 *
 * @throws {HostError} `validation_error`.
 */
export function requireShortNames(names: Iterable<readonly [string, string]>): void {
  const long = [...names].filter(([, name]) => isLongName(name));
  if (long.length === 0) return;
  const message = `is longer than ${MOST_NAME_BYTES} bytes`;
  throw invalidRequest(long.map(([path]) => ({ path, message })));
}

/** Seconds until a call is sent again that the database was not there for. */
const DATABASE_AGAIN_SECONDS = 5;

/** Returns the error of a call that needs the database while that cannot be used. */
export function databaseAway(): HttpError {
  const seconds = DATABASE_AGAIN_SECONDS;
  return new HttpError({
    code: "internal_error",
    status: 503,
    message: `The host cannot use its database. Try again in ${seconds} s.`,
    retryAfterSeconds: seconds,
  }, { "retry-after": String(seconds) });
}

/** What is wrong, and where. */
interface Fault {
  readonly path: string;
  readonly message: string;
}

function sentence(fault: Fault): string {
  return fault.path === "" ? `The request ${fault.message}` : `"${fault.path}" ${fault.message}`;
}
