import { sha256Hex } from "../../platform/random.ts";
import { inTransaction, type TransactionContext } from "../context/host_context.ts";
import { REPLAY_MS } from "../jobs/cleanup.ts";
import { HostError, hostError } from "../model/host_error.ts";
import type { Caller } from "../model/user.ts";
import { claimKey, forgetAnswers, type KnownWrite, storeAnswer } from "../store/idempotency.ts";
import type { JsonBody } from "./body.ts";
import { type Answer, type Call, type Host, send } from "./context.ts";

/**
 * Runs the effect of a write once per (team, `Idempotency-Key`): the key, the effect and its answer are stored in
 * one transaction, and the same body gets that answer again. A refused call had no effect and leaves the
 * key free (wire.md, Guarantees).
 *
 * @throws {HostError} `idempotency_conflict` for another body or call, `validation_error` without a key.
 */
export async function answerOnce(
  host: Host,
  call: Call,
  caller: Caller,
  body: JsonBody,
  effect: (context: TransactionContext) => Promise<Answer>,
): Promise<Response> {
  const write = {
    teamId: caller.team.id,
    key: keyOf(call),
    path: call.req.path.replace(/\/+$/, ""),
    bodyHash: await sha256Hex(body.text),
  };
  return await inTransaction(host.context, async (context) => {
    const { store } = context;
    await forgetAnswers(store, context.now() - REPLAY_MS);
    const known = await claimKey(store, write, context.now());
    if (known !== null) return replay(known, write);
    const answer = await effect(context);
    await storeAnswer(store, write, answer);
    return send(answer);
  });
}

function keyOf(call: Call): string {
  const key = call.req.header("idempotency-key")?.trim() ?? "";
  if (/^[\x21-\x7e]{8,200}$/.test(key)) return key;
  throw new HostError({
    code: "validation_error",
    message: "The request needs an Idempotency-Key of 8 to 200 visible characters",
    details: [{ field: "Idempotency-Key", message: key === "" ? "is missing" : "is not valid" }],
  });
}

function replay(
  known: KnownWrite,
  wanted: { readonly path: string; readonly bodyHash: string },
): Response {
  if (known.bodyHash !== wanted.bodyHash || known.path !== wanted.path) {
    throw hostError("idempotency_conflict", "The Idempotency-Key was used with another request");
  }
  const status = known.status === 202 ? 202 : 200;
  return send({ status, json: known.answer }, { "idempotency-replayed": "true" });
}
