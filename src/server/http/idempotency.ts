import { sha256Hex } from "../../platform/random.ts";
import { inTransaction, type TransactionContext } from "../context/host_context.ts";
import { REPLAY_MS } from "../jobs/cleanup.ts";
import { HostError, hostError } from "../model/host_error.ts";
import type { Caller } from "../model/user.ts";
import {
  claimKey,
  holdKey,
  type KeyedWrite,
  type KnownWrite,
  knownWrite,
  storeAnswer,
} from "../store/idempotency.ts";
import type { TransactionOptions } from "../store/store.ts";
import type { JsonBody } from "./body.ts";
import { type Answer, type Call, type Host, send } from "./context.ts";

/** Milliseconds that a call waits for another one with its key. */
const WAIT_MS = 5_000;

/** The same for a call that can be accepted instead. */
const ACCEPT_AFTER_MS = 1_000;

/** Bytes of a body that is read and stored soon: some dozens of items of a push. */
const SHORT_BYTES = 8 * 1024;

/** How a write is done. */
export interface WriteOptions {
  /** Accepts work that is settled once the key is free; a call whose key is not free is refused unless given. */
  readonly accept?: (context: TransactionContext, write: KeyedWrite) => Promise<Answer>;
  /** Whether a short body may ask for long work. */
  readonly isLong?: boolean;
}

/** Milliseconds between two looks at a key that another process holds. */
const LOOK_EVERY_MS = 100;

/**
 * Runs the effect of a write once per (team, `Idempotency-Key`): the key, the effect and its answer are stored in
 * one transaction, and the same body gets that answer again. A refused call had no effect and leaves the
 * key free. While another call works on the key, in whatever process, this one waits for it, and is accepted
 * or refused when that takes too long (wire.md, Guarantees).
 *
 * @param effect Does the work, in the transaction that holds the key.
 * @throws {HostError} `idempotency_conflict` for another body or call, `validation_error` without a key, `in_progress`.
 */
export async function answerOnce(
  host: Host,
  call: Call,
  caller: Caller,
  body: JsonBody,
  effect: (context: TransactionContext) => Promise<Answer>,
  { accept, isLong = false }: WriteOptions = {},
): Promise<Response> {
  const write: KeyedWrite = {
    teamId: caller.team.id,
    key: keyOf(call),
    path: call.req.path.replace(/\/+$/, ""),
    bodyHash: await sha256Hex(body.bytes),
  };
  const done = await inTurn(
    host,
    write,
    accept === undefined ? WAIT_MS : ACCEPT_AFTER_MS,
    () => attempt(host, write, effect, { isShort: !isLong && body.bytes.length <= SHORT_BYTES }),
  );
  if (done !== null) return done;
  if (accept === undefined) throw inProgress();
  return await inTransaction(host.context, async (context) => {
    const { store } = context;
    const known = await knownWrite(store, write, context.now() - REPLAY_MS);
    if (known !== null) return replay(known, write);
    // A client key holds no space: this one is nobody else's. Of several such calls one is accepted.
    const second = { ...write, key: `again ${write.key}` };
    const before = await claimKey(store, second, context.now(), REPLAY_MS);
    if (before !== null) return replay(before, write);
    const answer = await accept(context, write);
    await storeAnswer(store, second, answer);
    return send(answer);
  });
}

/** Does a write that holds its key, or replays it; `null` when another process holds the key. */
async function attempt(
  host: Host,
  write: KeyedWrite,
  effect: (context: TransactionContext) => Promise<Answer>,
  options: TransactionOptions,
): Promise<Response | null> {
  return await inTransaction(host.context, async (context) => {
    const { store } = context;
    if (!await holdKey(store, write)) return null;
    const known = await claimKey(store, write, context.now(), REPLAY_MS);
    if (known !== null) return replay(known, write);
    const answer = await effect(context);
    await storeAnswer(store, write, answer);
    return send(answer);
  }, options);
}

/** Runs `work` when the key is free, here and elsewhere; `null` when it is not within `withinMs`. */
async function inTurn(
  host: Host,
  { teamId, key }: KeyedWrite,
  withinMs: number,
  work: () => Promise<Response | null>,
): Promise<Response | null> {
  const { clock } = host.platform;
  const name = `${teamId} ${key}`;
  const deadline = clock.deadline(withinMs);
  const late = Promise.withResolvers<void>();
  deadline.signal.addEventListener("abort", () => late.resolve(), { once: true });
  try {
    for (;;) {
      for (let freed = host.keys.freed(name); freed !== null; freed = host.keys.freed(name)) {
        if (deadline.signal.aborted) return null;
        await Promise.race([freed, late.promise]);
      }
      const release = host.keys.hold(name);
      try {
        const done = await work();
        if (done !== null) return done;
      } finally {
        release();
      }
      if (deadline.signal.aborted) return null;
      await clock.sleep(LOOK_EVERY_MS);
    }
  } finally {
    deadline.clear();
  }
}

/** Returns the error of a call whose key another call works on. */
export function inProgress(): HostError {
  return new HostError({
    code: "in_progress",
    message: "The host still works on a request with this Idempotency-Key",
    retryAfterSeconds: 1,
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
