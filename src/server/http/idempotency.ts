import { sha256Hex } from "../../platform/random.ts";
import type { Caller } from "./auth.ts";
import type { Answer, Call, Host } from "./context.ts";
import { send } from "./context.ts";
import { Refusal, refuse } from "./http_error.ts";
import type { JsonBody } from "./body.ts";
import { integer, text } from "../store/row.ts";

/** Milliseconds an answer can be replayed for. */
export const REPLAY_MS: number = 24 * 60 * 60 * 1000;

/**
 * Runs the effect of a write once per (team, `Idempotency-Key`): the effect and its answer are stored in
 * one transaction, and the same body gets that answer again. A refused call had no effect and leaves the
 * key free. Hosted API, Guarantees the client leans on.
 *
 * @throws {Refusal} `idempotency_conflict` for another body or call, `validation_error` without a key.
 */
export async function answerOnce(
  host: Host,
  call: Call,
  caller: Caller,
  body: JsonBody,
  effect: () => Answer,
): Promise<Response> {
  const key = call.req.header("idempotency-key")?.trim() ?? "";
  if (!/^[\x21-\x7e]{8,200}$/.test(key)) {
    throw new Refusal({
      code: "validation_error",
      message: "The request needs an Idempotency-Key of 8 to 200 visible characters",
      details: [{ field: "Idempotency-Key", message: key === "" ? "is missing" : "is not valid" }],
    });
  }
  const { data } = host;
  const path = call.req.path.replace(/\/+$/, "");
  const bodyHash = await sha256Hex(body.text);
  const outcome = data.transaction(() => {
    data.run("DELETE FROM idempotency WHERE created_at <= ?", data.now() - REPLAY_MS);
    const known = data.one(
      "SELECT * FROM idempotency WHERE team_id = ? AND key = ?",
      caller.team.id,
      key,
    );
    if (known !== null) {
      if (text(known, "body_hash") !== bodyHash || text(known, "path") !== path) {
        throw refuse(
          "idempotency_conflict",
          "The Idempotency-Key was used with another request",
        );
      }
      const status: 200 | 202 = integer(known, "status") === 202 ? 202 : 200;
      return { answer: { status, json: text(known, "answer") }, replayed: true };
    }
    const answer = effect();
    data.run(
      `INSERT INTO idempotency (team_id, key, path, body_hash, status, answer, created_at)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
      caller.team.id,
      key,
      path,
      bodyHash,
      answer.status,
      answer.json,
      data.now(),
    );
    return { answer, replayed: false };
  });
  return send(outcome.answer, outcome.replayed ? { "idempotency-replayed": "true" } : {});
}
