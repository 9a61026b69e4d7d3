import type { ConnectionStatus } from "../contract/connection.ts";
import { type HostError, readHostError } from "../contract/host_error.ts";
import type { Operation } from "../contract/paths.ts";
import { Reading } from "../contract/reading/reading.ts";
import type { OperationState } from "../contract/reading/operation.ts";
import { PushReader, RunReader } from "../contract/reading/sync.ts";
import type { OperationStatus, PushResult, RunResult } from "../contract/results.ts";
import { withBinding } from "../contract/routing.ts";
import type { Clock } from "../platform/clock.ts";
import type { Random } from "../platform/random.ts";
import { interrupted, TrackerError } from "../platform/tracker_error.ts";
import { errorFromHost, HostedApiError } from "./errors.ts";

/** How far an operation has come. */
export interface OperationProgress {
  /** The operation, such as `op_01…`. */
  readonly operationId: string;
  /** The last status the host told; `pending` before the first answer. */
  readonly status: OperationStatus;
  /** Milliseconds since the waiting began. */
  readonly elapsedMs: number;
}

/** How to wait for an operation. */
export interface WaitOptions {
  /** Stops the waiting; the operation continues at the host. */
  readonly signal?: AbortSignal | undefined;
  /** Told after every look at the operation. */
  readonly onProgress?: ((progress: OperationProgress) => void) | undefined;
}

/** What polling needs. */
export interface PollingOptions extends WaitOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly operationId: string;
  /** Origin of the host, for messages. */
  readonly origin: string;
  /** What the operation does, where that is known. */
  readonly operation?: Operation | undefined;
  /** The answer that accepted the operation, where it is known. */
  readonly acceptance?: unknown;
  /** Told what a person should know. */
  readonly warn?: ((message: string) => void) | undefined;
  /** Looks at the operation once, within the given milliseconds. */
  readonly look: (remainingMs: number) => Promise<OperationState>;
}

/** Milliseconds that polling lasts (wire.md, Asynchronous operations). */
export const POLLING_LIMIT_MS = 300_000;

const MAX_WAIT_MS = 30_000;

/**
 * Waits for an operation to end and returns its result (wire.md, Asynchronous operations).
 *
 * @throws {HostedApiError} when the operation failed or the host refuses to tell.
 * @throws {TrackerError} `operation_held` when the host says that it cannot go on by then; `operation_timeout` after 300 s; `interrupted` when the signal stopped the waiting.
 */
export async function pollOperation(options: PollingOptions): Promise<PushResult | RunResult> {
  const { clock, random, operationId } = options;
  const started = clock.monotonic();
  let status: OperationStatus = "pending";
  let connection: ConnectionStatus | null = null;
  try {
    for (let wait = 1_000;; wait = Math.min(wait * 2, MAX_WAIT_MS)) {
      const remaining = POLLING_LIMIT_MS - (clock.monotonic() - started);
      if (remaining <= 0) throw timedOut(operationId, status, connection);
      const ms = Math.min(wait * (0.8 + 0.4 * random.fraction()), remaining);
      await clock.sleep(ms, options.signal === undefined ? {} : { signal: options.signal });
      const left = POLLING_LIMIT_MS - (clock.monotonic() - started);
      const operation = await lookOrNull(options, left);
      status = operation?.status ?? status;
      const elapsedMs = clock.monotonic() - started;
      options.onProgress?.({ operationId, status, elapsedMs });
      if (operation?.status === "completed") {
        return withBinding(resultOf(operation, options), [options.acceptance]);
      }
      if (operation?.status === "failed") throw failure(operation.error, operationId, options);
      connection = operation?.connection ?? connection;
      const until = clock.now() + POLLING_LIMIT_MS - elapsedMs;
      if (connection !== null && standsStill(connection, until)) {
        throw held(operationId, connection);
      }
    }
  } catch (error) {
    throw options.signal?.aborted === true ? stoppedWaiting(operationId, error) : error;
  }
}

/** Returns the next action after waiting for an operation has ended. */
export function lookAgain(operationId: string): string {
  return `Run \`tracker sync wait ${operationId}\` to look again.`;
}

/** `null` for a fault of the host or the network: the work continues at the host, and so does the waiting. */
async function lookOrNull(
  options: PollingOptions,
  remainingMs: number,
): Promise<OperationState | null> {
  try {
    return await options.look(remainingMs);
  } catch (error) {
    const passing = error instanceof HostedApiError
      ? error.statusCode >= 500
      : error instanceof TrackerError &&
        (error.code === "network_error" || error.code === "network_timeout");
    if (passing) return null;
    throw stillRunning(error, options.operationId);
  }
}

/** A look that failed for good says nothing of the operation: how to look again must not get lost. */
function stillRunning(error: unknown, operationId: string): unknown {
  if (!(error instanceof TrackerError) || error.code === "invalid_operation_id") return error;
  if (error.code === "operation_not_found") {
    return error instanceof HostedApiError && error.nextAction === null
      ? error.with(
        "Check the id: `tracker sync push` and `tracker sync run` show it. A host forgets old ones.",
      )
      : error;
  }
  const next = [error.nextAction, lookAgain(operationId)].filter((part) => part !== null).join(" ");
  const details = { ...error.details, operation_id: operationId };
  if (error instanceof HostedApiError) return error.with(next, details);
  const { code, message, exitCode } = error;
  return new TrackerError({ code, message, nextAction: next, details, exitCode, cause: error });
}

/** A host that has done the work need not say what came of it. */
function resultOf(
  { result }: OperationState,
  { operationId, operation, warn }: PollingOptions,
): PushResult | RunResult {
  if (result !== null) return result;
  // What a comment is its caller knows.
  if (operation !== "addComment") {
    warn?.(`Operation ${operationId} has completed; the host does not say what it did.`);
  }
  const reading = new Reading("tracker");
  return operation === "push"
    ? PushReader.read({ items: [] }, reading)
    : RunReader.read({}, reading);
}

function failure(
  told: HostError | null,
  operationId: string,
  { origin }: PollingOptions,
): HostedApiError {
  const failed = { call: "operation", status: told?.httpStatus ?? 200, origin };
  const untold = `Operation ${operationId} failed at the host, which gave no reason`;
  return errorFromHost({
    ...told ?? readHostError(null),
    code: told?.code ?? "operation_failed",
    message: told?.message ?? untold,
  }, failed);
}

/** Returns whether a connection lets nothing through before a time, by what the host says. */
function standsStill({ state, until }: ConnectionStatus, before: number): boolean {
  if (state === "refused" || state === "paused") return true;
  return state === "limited" && until != null && Date.parse(until) > before;
}

function held(operationId: string, connection: ConnectionStatus): TrackerError {
  return new TrackerError({
    code: "operation_held",
    message: `The host keeps operation ${operationId}: ${standing(connection)}`,
    nextAction: `It is done once that is over; \`tracker status\` says what to do. ${
      lookAgain(operationId)
    }`,
    details: { operation_id: operationId, connection: JSON.parse(JSON.stringify(connection)) },
  });
}

/** Says how a connection stands. */
function standing({ name, state, until, message }: ConnectionStatus): string {
  const which = name === null ? "its connection to the provider" : `its connection ${name}`;
  const time = until == null ? "" : ` until ${until}`;
  return `${which} is ${state}${time}${message == null ? "" : `: ${message}`}`;
}

function timedOut(
  operationId: string,
  status: OperationStatus,
  connection: ConnectionStatus | null,
): TrackerError {
  const isWell = connection === null || connection.state === null || connection.state === "ok";
  const why = isWell ? "" : `; ${standing(connection)}`;
  return new TrackerError({
    code: "operation_timeout",
    message: `Operation ${operationId} timed out after 5 minutes${why}`,
    nextAction: `The work may continue at the host. ${lookAgain(operationId)}`,
    details: { operation_id: operationId, status },
  });
}

function stoppedWaiting(operationId: string, cause: unknown): TrackerError {
  return interrupted(cause, {
    message: `Stopped waiting for operation ${operationId}, which continues at the host`,
    nextAction: lookAgain(operationId),
    details: { operation_id: operationId },
  });
}
