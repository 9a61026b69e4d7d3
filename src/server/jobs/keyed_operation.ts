import { parseWith } from "../../contract/parse.ts";
import * as v from "valibot";
import type { TransactionContext } from "../context/host_context.ts";
import { hostError } from "../model/host_error.ts";
import {
  claimKey,
  holdKey,
  type KeyedWrite,
  type KnownWrite,
  storeAnswer,
} from "../store/idempotency.ts";
import { operationState } from "../store/operations.ts";
import { REPLAY_MS } from "./cleanup.ts";
import { endWork } from "./operations.ts";

/**
 * What becomes of an operation whose key another call worked on when it was accepted: it does its work, it has ended
 * as that call did, or it has to wait for that.
 */
export type Settled = "ours" | "ended" | "busy";

/**
 * Settles an operation that was accepted while another call worked on its key. When that call has an answer, the
 * operation ends with it. When it came to nothing, the key is given to the operation, which does the work.
 *
 * @throws {HostError} `idempotency_conflict` when the other call was another request.
 */
export async function settleKey(
  context: TransactionContext,
  id: string,
  write: KeyedWrite,
): Promise<Settled> {
  const { store } = context;
  if (!await holdKey(store, write)) return "busy";
  const known = await claimKey(store, write, context.now(), REPLAY_MS);
  if (known === null) {
    const accepted = { operation_id: id, status: "pending" };
    await storeAnswer(store, write, { status: 202, json: JSON.stringify(accepted) });
    return "ours";
  }
  if (known.bodyHash !== write.bodyHash || known.path !== write.path) {
    throw hostError("idempotency_conflict", "The Idempotency-Key was used with another request");
  }
  if (known.status !== 202) {
    await endWork(context, id, "completed", known.answer);
    return "ended";
  }
  const other = operationOf(known);
  if (other === id) return "ours";
  const end = await operationState(store, write.teamId, other);
  if (end === null) throw hostError("operation_not_found", `No operation "${other}"`);
  if (end.result === null && end.error === null) return "busy";
  if (end.error !== null) await endWork(context, id, "failed", end.error);
  else if (end.result !== null) await endWork(context, id, "completed", end.result);
  return "ended";
}

const AcceptedSchema = v.looseObject({ operation_id: v.string() });

/** Returns the operation of an answer that accepted a write. */
function operationOf({ answer }: KnownWrite): string {
  const value: unknown = JSON.parse(answer);
  const parsed = parseWith(AcceptedSchema, value);
  if (!parsed.ok) throw new TypeError("A stored answer names no operation");
  return parsed.value.operation_id;
}
