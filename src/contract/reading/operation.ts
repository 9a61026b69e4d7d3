import type { ConnectionStatus } from "../connection.ts";
import { isJsonObject, type JsonObject } from "../field.ts";
import { type HostError, readHostError } from "../host_error.ts";
import {
  OPERATION_STATUSES,
  type OperationStatus,
  type PushResult,
  type RunResult,
} from "../results.ts";
import { withBinding } from "../routing.ts";
import { connectionIn } from "./connection.ts";
import { type AnswerReader, knownWord, plainText, type Reading, requiredText } from "./reading.ts";
import { PushReader, RunReader } from "./sync.ts";

/** An operation as a look at it shows it (wire.md, Asynchronous operations). */
export interface OperationState {
  readonly operation_id: string;
  readonly status: OperationStatus;
  /** `null` while there is none, and when the host does not tell it. */
  readonly result: PushResult | RunResult | null;
  /** Why it failed. */
  readonly error: HostError | null;
  /** How the connection stands that it waits for, where the host tells it (wire.md, Extensions). */
  readonly connection?: ConnectionStatus | null | undefined;
}

/** Reads the state of the operation with this id (wire.md, Asynchronous operations). */
export function operationReader(id: string): AnswerReader<OperationState> {
  return {
    members: ["operation_id", "id", "status", "result", "error", "connection"],
    read(body, reading) {
      const result = isJsonObject(body["result"]) ? body["result"] : null;
      const error = body["error"] ?? null;
      // Some hosts put the result beside the status instead of below it.
      const { status: _, ...beside } = body;
      const status = operationStatusOf(body["status"], result !== null, error !== null, reading);
      return {
        operation_id: plainText(body["operation_id"]) ?? id,
        status,
        result: status === "completed"
          ? withBinding(outputOf(result ?? beside, reading), [body])
          : null,
        error: status === "failed" && error !== null ? readHostError({ error }) : null,
        ...connectionIn(body),
      };
    },
  };
}

/** The 202 answer: an operation to ask for (wire.md, Asynchronous operations). */
export const AcceptedReader: AnswerReader<
  { readonly operation_id: string; readonly body: JsonObject }
> = {
  members: ["operation_id"],
  read: (body) => ({ operation_id: requiredText(body, "operation_id"), body }),
};

const STATUS_ALIASES: Readonly<Record<string, OperationStatus>> = {
  queued: "pending",
  accepted: "pending",
  scheduled: "pending",
  waiting: "pending",
  in_progress: "running",
  processing: "running",
  started: "running",
  succeeded: "completed",
  success: "completed",
  done: "completed",
  complete: "completed",
  finished: "completed",
  error: "failed",
  failure: "failed",
  errored: "failed",
  canceled: "failed",
  cancelled: "failed",
  aborted: "failed",
};

/** Returns the status of an operation; one that is not known says that it still runs. */
function operationStatusOf(
  told: unknown,
  hasResult: boolean,
  hasError: boolean,
  reading: Reading,
): OperationStatus {
  const known = knownWord(OPERATION_STATUSES, told, STATUS_ALIASES);
  if (known !== null) return known;
  if (told === null || told === undefined) {
    return hasError ? "failed" : hasResult ? "completed" : "running";
  }
  reading.readAs("operation status", told, "running");
  return "running";
}

/** Returns what an operation came to: a push has items, a cycle has phases or counts. */
function outputOf(result: JsonObject, reading: Reading): PushResult | RunResult | null {
  if (Array.isArray(result["items"])) return PushReader.read(result, reading);
  const isCycle = ["pull", "push", "summary"].some((name) => isJsonObject(result[name]));
  return isCycle ? RunReader.read(result, reading) : null;
}
