import type { ErrorEnvelope } from "../contract/errors.ts";
import type {
  OperationResult,
  OperationStatus,
  PushResult,
  RunResult,
} from "../contract/results.ts";
import type { Clock } from "../platform/clock.ts";
import type { Random } from "../platform/random.ts";
import { TrackerError } from "../platform/tracker_error.ts";
import { invalidResponse } from "./answers.ts";
import { errorFromEnvelope, HostedApiError } from "./errors.ts";

/** How far an operation has come. */
export interface OperationProgress {
  readonly operationId: string;
  /** The last status the host told; `pending` before the first answer. */
  readonly status: OperationStatus;
  /** Milliseconds since the waiting began. */
  readonly elapsedMs: number;
}

/** How to wait for an operation. */
export interface WaitOptions {
  /** Stops the waiting; the operation goes on at the host. */
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
  /** Looks at the operation once, within the given milliseconds. */
  readonly look: (remainingMs: number) => Promise<OperationResult>;
}

/** Milliseconds that polling goes on for. Hosted API, Asynchronous operations. */
export const POLLING_LIMIT_MS = 300_000;

const MAX_WAIT_MS = 30_000;

/**
 * Waits for an operation to end and returns its result. Hosted API, Asynchronous operations.
 *
 * @throws {HostedApiError} when the operation failed or the host refuses to tell.
 * @throws {TrackerError} `operation_timeout` after 300 s; `interrupted` when the signal stopped the waiting.
 */
export async function pollOperation(options: PollingOptions): Promise<PushResult | RunResult> {
  const { clock, random, operationId } = options;
  const started = clock.monotonic();
  let status: OperationStatus = "pending";
  try {
    for (let wait = 1_000;; wait = Math.min(wait * 2, MAX_WAIT_MS)) {
      const remaining = POLLING_LIMIT_MS - (clock.monotonic() - started);
      if (remaining <= 0) throw timedOut(operationId, status);
      const ms = Math.min(wait * (0.8 + 0.4 * random.fraction()), remaining);
      await clock.sleep(ms, options.signal === undefined ? {} : { signal: options.signal });
      const left = POLLING_LIMIT_MS - (clock.monotonic() - started);
      const operation = await lookOrNull(options, left);
      status = operation?.status ?? status;
      const elapsedMs = clock.monotonic() - started;
      options.onProgress?.({ operationId, status, elapsedMs });
      if (operation?.status === "completed") return resultOf(operation);
      if (operation?.status === "failed") throw failure(operation.error, operationId, options);
    }
  } catch (error) {
    throw options.signal?.aborted === true ? stoppedWaiting(operationId, error) : error;
  }
}

/** What is left to say when nobody waits for an operation any more. */
export function lookAgain(operationId: string): string {
  return `Run \`tracker sync wait ${operationId}\` to look again.`;
}

/** `null` for a fault of the host or the network: the work goes on at the host, and so does the waiting. */
async function lookOrNull(
  options: PollingOptions,
  remainingMs: number,
): Promise<OperationResult | null> {
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

function resultOf(operation: OperationResult): PushResult | RunResult {
  if (operation.result !== null) return operation.result;
  throw invalidResponse("operation", "`result` is null in a completed operation", "result");
}

function failure(
  envelope: ErrorEnvelope | null,
  operationId: string,
  options: PollingOptions,
): HostedApiError {
  if (envelope !== null) {
    return errorFromEnvelope(envelope, envelope.http_status, options.origin);
  }
  return new HostedApiError({
    errorCode: "operation_failed",
    message: `Operation ${operationId} failed at the host, which gave no reason`,
    statusCode: 200,
  });
}

function timedOut(operationId: string, status: OperationStatus): TrackerError {
  return new TrackerError({
    code: "operation_timeout",
    message: `Operation ${operationId} timed out after 5 minutes`,
    nextAction: `The work may go on at the host. ${lookAgain(operationId)}`,
    details: { operation_id: operationId, status },
  });
}

function stoppedWaiting(operationId: string, cause: unknown): TrackerError {
  return new TrackerError({
    code: "interrupted",
    message: `Stopped waiting for operation ${operationId}, which goes on at the host`,
    nextAction: lookAgain(operationId),
    details: { operation_id: operationId },
    exitCode: 130,
    cause,
  });
}
