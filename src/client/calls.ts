import type { JsonObject } from "../contract/field.ts";
import { type Endpoint, ENDPOINTS, type Operation, operationPath } from "../contract/paths.ts";
import type { AnswerReader } from "../contract/reading/reading.ts";
import {
  AcceptedReader,
  operationReader,
  type OperationState,
} from "../contract/reading/operation.ts";
import { TrackerError } from "../platform/tracker_error.ts";
import { readAnswer } from "./answers.ts";
import { type Patience, sendAuthorized, type TokenSource } from "./authorized.ts";
import type { OpenHost } from "./open_host.ts";
import type { CallOptions, Outcome, WriteOptions } from "./client_options.ts";
import type { ClockMeasure } from "../sync/times.ts";
import { originOf, type TransportAnswer, type TransportRequest } from "./transport.ts";

/** A session at one host. */
export interface CallsOptions extends OpenHost {
  readonly tokens: TokenSource;
  /** Told, once for each, of words of the host that are not known and were read as the nearest. */
  readonly warn?: ((message: string) => void) | undefined;
}

/** One call and how its answer is read. */
export interface Call<T> {
  readonly operation: Operation;
  readonly reader: AnswerReader<T>;
  /** The tracker that is asked. */
  readonly system?: string | undefined;
}

/** A 202 and what it answered. */
export interface Acceptance {
  readonly operation: Operation;
  readonly body: JsonObject;
}

/** Sends calls of the contract and reads their answers. */
export class Calls {
  readonly #options: CallsOptions;
  readonly #accepted = new Map<string, Acceptance>();
  readonly #told = new Set<string>();
  #hostClock: ClockMeasure | null = null;
  /** Origin of the host, for messages. */
  readonly origin: string;

  /** Calls of one host. */
  constructor(options: CallsOptions) {
    this.#options = options;
    this.origin = originOf(options.baseUrl);
  }

  /** How far the clock of the host is from ours, as its last answer tells; `null` when that did not tell. */
  get hostClock(): ClockMeasure | null {
    return this.#hostClock;
  }

  /** Makes a GET. */
  async get<T>(
    call: Call<T>,
    query: Readonly<Record<string, string | undefined>>,
    options: CallOptions,
  ): Promise<T> {
    const answer = await this.authorized({
      call: call.operation,
      method: "GET",
      path: endpointOf(call.operation).path,
      query,
      signal: options.signal,
    });
    return this.read(call, answer);
  }

  /** Makes a POST. */
  async post<T>(call: Call<T>, body: unknown, options: WriteOptions): Promise<T> {
    return this.read(call, await this.#write(call.operation, body, options));
  }

  /** Makes a POST that may answer 202 (wire.md, Asynchronous operations). */
  async start<T>(call: Call<T>, body: unknown, options: WriteOptions): Promise<Outcome<T>> {
    const answer = await this.#write(call.operation, body, options);
    const replayed = isReplay(answer);
    if (answer.status !== 202) return { kind: "done", result: this.read(call, answer), replayed };
    const accepted = this.read({ ...call, reader: AcceptedReader }, answer);
    this.#accepted.set(accepted.operation_id, { operation: call.operation, body: accepted.body });
    return { kind: "accepted", operationId: accepted.operation_id, replayed };
  }

  /** One look at an operation. */
  async operation(
    id: string,
    options: CallOptions,
    timeoutMs: number,
    patience: Patience,
  ): Promise<OperationState> {
    requireOperationId(id);
    const request = {
      call: "operation",
      method: "GET",
      path: operationPath(id),
      timeoutMs,
    } as const;
    const answer = await this.authorized({ ...request, signal: options.signal }, patience);
    return this.read({ operation: "operation", reader: operationReader(id) }, answer);
  }

  /** How an operation was accepted; `null` when it was not started here. */
  acceptance(operationId: string): Acceptance | null {
    return this.#accepted.get(operationId) ?? null;
  }

  /** Reads the answer to a call, and tells once of each word that is not known. */
  read<T>({ operation, reader, system }: Call<T>, answer: TransportAnswer): T {
    return readAnswer(reader, answer, {
      call: operation,
      origin: this.origin,
      system,
      onOddWords: (words) => this.#tell(words),
    });
  }

  /** Sends any request in the session's name. */
  async authorized(
    request: TransportRequest,
    patience: Patience = {},
  ): Promise<TransportAnswer> {
    const answer = await sendAuthorized(this.#options, request, patience);
    this.#hostClock = answer.hostClock ?? null;
    return answer;
  }

  #tell(words: readonly string[]): void {
    const fresh = words.filter((word) => !this.#told.has(word));
    if (fresh.length === 0) return;
    for (const word of fresh) this.#told.add(word);
    const shown = fresh.slice(0, MAX_WORDS_TOLD).join(", ");
    const more = fresh.length > MAX_WORDS_TOLD ? ", …" : "";
    this.#options.warn?.(`The host uses words that are not known here; read: ${shown}${more}.`);
  }

  async #write(
    operation: Operation,
    body: unknown,
    options: WriteOptions,
  ): Promise<TransportAnswer> {
    const { path, idempotent } = endpointOf(operation);
    return await this.authorized({
      call: operation,
      method: "POST",
      path,
      headers: idempotent
        ? { "Idempotency-Key": options.idempotencyKey ?? this.#options.platform.random.uuid() }
        : {},
      body: { kind: "json", value: body },
      // What carries no key changes nothing at the host: a question that is too long for a URL.
      mayRepeat: !idempotent,
      signal: options.signal,
    });
  }
}

function isReplay({ headers }: TransportAnswer): boolean {
  return headers.get("idempotency-replayed")?.trim().toLowerCase() === "true";
}

/** A host can have any number of words of its own. */
const MAX_WORDS_TOLD = 5;

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
    message: `"${id.toWellFormed()}" is not the id of an operation`,
    nextAction: "Use the id that `tracker sync push` or `tracker sync run` printed.",
    exitCode: 2,
  });
}
