import * as v from "valibot";
import { errorEnvelope } from "../contract/errors.ts";
import { parseWith } from "../contract/parse.ts";
import { type PushItem, PushItemSchema } from "../contract/push.ts";
import { isStorageFault } from "../platform/database.ts";
import { errorText } from "../platform/tracker_error.ts";
import { mappingByRef } from "./bindings.ts";
import type { Caller } from "./caller.ts";
import { runCycle } from "./full_cycle.ts";
import type { HostData } from "./host_data.ts";
import { applyPush } from "./push_apply.ts";
import { Refusal, refuse } from "./refusal.ts";
import { resourceById } from "./routing.ts";
import { type Row, text, textOrNull } from "./row.ts";
import { tidy } from "./tidy.ts";

/** Work that goes on after its call was answered 202. */
export type OperationRequest =
  | { readonly kind: "push"; readonly items: readonly PushItem[] }
  | { readonly kind: "run"; readonly pull_first: boolean; readonly limit: number };

const OperationRequestSchema: v.GenericSchema<unknown, OperationRequest> = v.variant("kind", [
  v.object({ kind: v.literal("push"), items: v.array(PushItemSchema) }),
  v.object({ kind: v.literal("run"), pull_first: v.boolean(), limit: v.number() }),
]);

/** Stores an operation, in the caller's transaction; answers its id. Start it after the commit. */
export function storeOperation(
  data: HostData,
  caller: Caller,
  bindingRef: string,
  request: OperationRequest,
): string {
  tidy(data);
  const id = data.newId("op");
  data.run(
    `INSERT INTO operations (id, team_id, user_id, binding_ref, request, state, created_at)
     VALUES (?, ?, ?, ?, ?, 'pending', ?)`,
    id,
    caller.team.id,
    caller.user.id,
    bindingRef,
    JSON.stringify(request),
    data.now(),
  );
  return id;
}

/**
 * An operation of the caller's team as OperationResult in JSON. Hosted API, Asynchronous operations.
 *
 * @throws {Refusal} `operation_not_found`.
 */
export function operationJson(data: HostData, caller: Caller, id: string): string {
  const row = data.one(
    "SELECT * FROM operations WHERE id = ? AND team_id = ?",
    id,
    caller.team.id,
  );
  if (row === null) throw refuse("operation_not_found", `No operation "${id}"`);
  const head = JSON.stringify({ operation_id: id, status: text(row, "state") });
  return `${head.slice(0, -1)},"result":${textOrNull(row, "result") ?? "null"},"error":${
    textOrNull(row, "error") ?? "null"
  }}`;
}

/** Whether a binding has an operation that has not ended. */
export function isBusy(data: HostData, bindingRef: string): boolean {
  return data.one(
    "SELECT 1 FROM operations WHERE binding_ref = ? AND state IN ('pending', 'running') LIMIT 1",
    bindingRef,
  ) !== null;
}

/** Runs stored operations in the background. */
export class OperationRunner {
  readonly #data: HostData;
  readonly #delayMs: () => number;
  readonly #stopping = new AbortController();
  readonly #underWay = new Set<Promise<void>>();

  /** Makes a runner; `delayMs` says how long an operation takes before its effect. */
  constructor(data: HostData, delayMs: () => number) {
    this.#data = data;
    this.#delayMs = delayMs;
  }

  /** Takes up the operations that an earlier process left; answers how many. */
  resume(): number {
    const open = this.#data.all(
      "SELECT id FROM operations WHERE state IN ('pending', 'running') ORDER BY id",
    );
    for (const row of open) this.start(text(row, "id"));
    return open.length;
  }

  /** Starts a stored operation. */
  start(id: string): void {
    if (this.#stopping.signal.aborted) return;
    const work = this.#run(id).finally(() => this.#underWay.delete(work));
    this.#underWay.add(work);
  }

  /** Ends the waiting; what has not had its effect is taken up by the next process. */
  async stop(): Promise<void> {
    this.#stopping.abort(new DOMException("The host stops", "AbortError"));
    await Promise.all(this.#underWay);
  }

  /** Never fails: a disk that is full, or a database that is in use for long, is tried again. */
  async #run(id: string): Promise<void> {
    const { signal } = this.#stopping;
    const { clock, terminal } = this.#data.platform;
    try {
      await clock.sleep(0, { signal });
      for (let wait = FIRST_WAIT_MS;; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
        try {
          return await this.#attempt(id);
        } catch (error) {
          if (signal.aborted) return;
          terminal.stderr.write(
            `Operation ${id} is tried again in ${wait / 1000} s: ${errorText(error)}\n`,
          );
        }
        await clock.sleep(wait, { signal });
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  async #attempt(id: string): Promise<void> {
    const { signal } = this.#stopping;
    this.#data.run(
      "UPDATE operations SET state = 'running' WHERE id = ? AND state = 'pending'",
      id,
    );
    await this.#data.platform.clock.sleep(this.#delayMs(), { signal });
    if (!signal.aborted) complete(this.#data, id);
  }
}

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 60_000;

/**
 * The effect and the state change are one transaction: a kill leaves both or none. What the data does not
 * take now is no failure of the operation, and thrown.
 */
function complete(data: HostData, id: string): void {
  try {
    data.transaction(() => {
      const row = data.one(
        "SELECT * FROM operations WHERE id = ? AND state IN ('pending', 'running')",
        id,
      );
      if (row !== null) end(data, id, "completed", effectOf(data, row));
    });
  } catch (error) {
    if (isStorageFault(error)) throw error;
    const envelope = error instanceof Refusal
      ? error.envelope
      : errorEnvelope({ code: "internal_error", message: "The operation failed at the host" });
    end(data, id, "failed", JSON.stringify(envelope));
  }
}

function effectOf(data: HostData, row: Row): string {
  const bindingRef = text(row, "binding_ref");
  const request: unknown = JSON.parse(text(row, "request"));
  const parsed = parseWith(OperationRequestSchema, request);
  if (!parsed.ok) throw new TypeError(`The stored operation is broken: "${parsed.path}"`);
  const mapping = mappingByRef(data, bindingRef);
  if (mapping === null || mapping.state === "deleted") {
    throw refuse("binding_not_found", `No mapping has the reference "${bindingRef}"`);
  }
  const resource = resourceById(data, mapping.resourceId);
  const userId = text(row, "user_id");
  return parsed.value.kind === "push"
    ? JSON.stringify(applyPush(data, resource, userId, parsed.value.items))
    : runCycle(data, mapping, resource, userId, parsed.value);
}

function end(data: HostData, id: string, state: "completed" | "failed", json: string): void {
  data.run(
    "UPDATE operations SET state = ?, result = ?, error = ?, ended_at = ? WHERE id = ?",
    state,
    state === "completed" ? json : null,
    state === "failed" ? json : null,
    data.now(),
    id,
  );
}
