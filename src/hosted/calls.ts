import type * as v from "valibot";
import { type Endpoint, ENDPOINTS, type Operation, operationPath } from "../contract/paths.ts";
import {
  OperationAcceptedSchema,
  type OperationResult,
  OperationResultSchema,
} from "../contract/results.ts";
import { TrackerError } from "../platform/tracker_error.ts";
import { readAnswer } from "./answers.ts";
import { type Patience, sendAuthorized, type TokenSource } from "./authorized.ts";
import type { CallOptions, Outcome, WriteOptions } from "./client_options.ts";
import { requireHostedSync } from "./rollout.ts";
import {
  originOf,
  type TransportAnswer,
  type TransportOptions,
  type TransportRequest,
} from "./transport.ts";

/** A session at one host. */
export interface CallsOptions extends TransportOptions {
  readonly tokens: TokenSource;
}

/** Sends a call of the hosted API page and reads its answer; the gate comes before all else. */
export class Calls {
  readonly #options: CallsOptions;
  /** Origin of the host, for messages. */
  readonly origin: string;

  /** Calls of one host. */
  constructor(options: CallsOptions) {
    this.#options = options;
    this.origin = originOf(options.baseUrl);
  }

  /** A GET whose 200 has the shape of `schema`. `query` is asked for after the gate. */
  async get<T>(
    operation: Operation,
    schema: v.GenericSchema<unknown, T>,
    query: () => Readonly<Record<string, string | undefined>>,
    options: CallOptions,
  ): Promise<T> {
    const answer = await this.authorized(() => ({
      call: operation,
      method: "GET",
      path: endpointOf(operation).path,
      query: query(),
      signal: options.signal,
    }));
    return readAnswer(schema, operation, answer, this.origin);
  }

  /** A POST whose 200 has the shape of `schema`. `body` is asked for after the gate. */
  async post<T>(
    operation: Operation,
    schema: v.GenericSchema<unknown, T>,
    body: () => unknown,
    options: WriteOptions,
  ): Promise<T> {
    const answer = await this.#write(operation, body, options);
    return readAnswer(schema, operation, answer, this.origin);
  }

  /** A POST that may answer 202. Hosted API, Asynchronous operations. */
  async start<T>(
    operation: Operation,
    schema: v.GenericSchema<unknown, T>,
    body: () => unknown,
    options: WriteOptions,
  ): Promise<Outcome<T>> {
    const answer = await this.#write(operation, body, options);
    const replayed = isReplay(answer);
    if (answer.status !== 202) {
      return { kind: "done", result: readAnswer(schema, operation, answer, this.origin), replayed };
    }
    const accepted = readAnswer(OperationAcceptedSchema, operation, answer, this.origin);
    return { kind: "accepted", operationId: accepted.operation_id, replayed };
  }

  /** One look at an operation. */
  async operation(
    id: string,
    options: CallOptions,
    timeoutMs: number,
    patience: Patience,
  ): Promise<OperationResult> {
    requireOperationId(id);
    const answer = await this.authorized(() => ({
      call: "operation",
      method: "GET",
      path: operationPath(id),
      timeoutMs,
      signal: options.signal,
    }), patience);
    return readAnswer(OperationResultSchema, "operation", answer, this.origin);
  }

  /** Any request in the session's name. `request` is asked for after the gate. */
  async authorized(
    request: () => TransportRequest,
    patience: Patience = {},
  ): Promise<TransportAnswer> {
    requireHostedSync(this.#options.platform.env);
    return await sendAuthorized(this.#options, request(), patience);
  }

  async #write(
    operation: Operation,
    body: () => unknown,
    options: WriteOptions,
  ): Promise<TransportAnswer> {
    const { path, idempotent } = endpointOf(operation);
    return await this.authorized(() => ({
      call: operation,
      method: "POST",
      path,
      headers: idempotent
        ? { "Idempotency-Key": options.idempotencyKey ?? this.#options.platform.random.uuid() }
        : {},
      body: { kind: "json", value: body() },
      // What carries no key changes nothing at the host: a question that is too long for a URL.
      mayRepeat: !idempotent,
      signal: options.signal,
    }));
  }
}

function isReplay({ headers }: TransportAnswer): boolean {
  return headers.get("idempotency-replayed")?.trim().toLowerCase() === "true";
}

function endpointOf(operation: Operation): Endpoint {
  const endpoint = ENDPOINTS.find((candidate) => candidate.operation === operation);
  if (endpoint === undefined) throw new Error(`No endpoint "${operation}"`);
  return endpoint;
}

/** An id that could not be the last step of a path would ask for something else. */
function requireOperationId(id: string): void {
  if (id.trim() !== "" && id !== "." && id !== ".." && id.isWellFormed()) return;
  throw new TrackerError({
    code: "invalid_operation_id",
    message: `"${id.toWellFormed()}" is no id of an operation`,
    nextAction: "Take the id that `tracker sync push` or `tracker sync run` has shown.",
  });
}
