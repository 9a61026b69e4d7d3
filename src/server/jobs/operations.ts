import * as v from "valibot";
import { errorEnvelope } from "../../contract/errors.ts";
import { parseWith } from "../../contract/parse.ts";
import { spliceJson } from "../../contract/splice_json.ts";
import type { PushItem } from "../../contract/push.ts";
import { isStorageFault } from "../../platform/database.ts";
import { errorText } from "../../platform/tracker_error.ts";
import { mappingByRef, type ProjectMapping } from "../store/bindings.ts";
import type { Caller } from "../http/auth.ts";
import { type CycleRequest, runCycle } from "../sync/full_cycle.ts";
import type { HostData } from "../store/host_data.ts";
import { type AppliedTexts, pushResultJson, pushSlice, readApplied } from "./push_operation.ts";
import { Refusal, refuse } from "../http/http_error.ts";
import { resourceById } from "../bindings/route.ts";
import type { Resource } from "../store/resources.ts";
import { text, textOrNull } from "../store/row.ts";
import { tidy } from "./cleanup.ts";

/** Work that goes on after its call was answered 202. */
export type OperationRequest =
  | { readonly kind: "push"; readonly items: readonly PushItem[] }
  | { readonly kind: "run"; readonly pull_first: boolean; readonly limit: number };

/** An operation as stored; items are looked into when it is their turn. */
type StoredRequest =
  | { readonly kind: "push"; readonly items: readonly unknown[] }
  | { readonly kind: "run"; readonly pull_first: boolean; readonly limit: number };

const StoredRequestSchema: v.GenericSchema<unknown, StoredRequest> = v.variant("kind", [
  v.object({ kind: v.literal("push"), items: v.array(v.unknown()) }),
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
  return spliceJson(head, {
    result: textOrNull(row, "result") ?? "null",
    error: textOrNull(row, "error") ?? "null",
  });
}

/** Whether a binding has an operation that has not ended. */
export function isBusy(data: HostData, bindingRef: string): boolean {
  return data.one(
    "SELECT 1 FROM operations WHERE binding_ref = ? AND state IN ('pending', 'running') LIMIT 1",
    bindingRef,
  ) !== null;
}

/**
 * Runs stored operations in the background, in slices: one slice of one operation at a time, and requests
 * between two of them, also when many operations are taken up at a start.
 */
export class OperationRunner {
  readonly #data: HostData;
  readonly #delayMs: () => number;
  readonly #stopping = new AbortController();
  readonly #underWay = new Set<Promise<void>>();
  #lastTurn: Promise<void> = Promise.resolve();

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
    const data = this.#data;
    await this.#inTurn(() =>
      data.run("UPDATE operations SET state = 'running' WHERE id = ? AND state = 'pending'", id)
    );
    await data.platform.clock.sleep(this.#delayMs(), { signal: this.#stopping.signal });
    try {
      const work = await this.#inTurn(() => workOf(data, id));
      if (work?.request.kind === "run") await this.#cycle(work, work.request);
      else if (work?.request.kind === "push") await this.#push(work, work.request.items);
    } catch (error) {
      // What the data does not take now is no failure of the operation.
      if (this.#stopping.signal.aborted || isStorageFault(error)) throw error;
      const envelope = error instanceof Refusal
        ? error.envelope
        : errorEnvelope({ code: "internal_error", message: "The operation failed at the host" });
      await this.#inTurn(() => end(data, id, "failed", JSON.stringify(envelope)));
    }
  }

  /** The effect and the state change are one transaction: a kill leaves both or none. */
  async #cycle(work: Work, request: CycleRequest): Promise<void> {
    const { id, userId } = work;
    await this.#whileOpen(id, (data) => {
      const { mapping, resource } = routeOf(data, work);
      end(data, id, "completed", runCycle(data, mapping, resource, userId, request));
    });
  }

  /** Each slice is one transaction with what became of it: a kill repeats nothing and loses nothing. */
  async #push(work: Work, items: readonly unknown[]): Promise<void> {
    const { id, userId } = work;
    for (let place: number | null = 0; place < items.length;) {
      place = await this.#whileOpen(
        id,
        (data) => pushSlice(data, id, routeOf(data, work).resource, items),
      );
      if (place === null) return;
    }
    const texts: AppliedTexts = { items: [], errors: [] };
    for (let place = 0; place < items.length;) {
      const next = await this.#inTurn(() => readApplied(this.#data, id, place, texts));
      if (next === place) return;
      place = next;
    }
    await this.#whileOpen(id, (data) => {
      const { resource } = routeOf(data, work);
      end(data, id, "completed", pushResultJson(data, id, resource, userId, texts));
    });
  }

  /** Does a slice in a transaction; `null` when another process has ended the operation meanwhile. */
  async #whileOpen<T>(id: string, slice: (data: HostData) => T): Promise<T | null> {
    const data = this.#data;
    return await this.#inTurn(() => data.transaction(() => isOpen(data, id) ? slice(data) : null));
  }

  /** Does a slice of work once the slices before it are done and requests that came meanwhile are answered. */
  async #inTurn<T>(slice: () => T): Promise<T> {
    const before = this.#lastTurn;
    const mine = Promise.withResolvers<void>();
    this.#lastTurn = mine.promise;
    await before;
    try {
      await this.#data.platform.clock.sleep(0, { signal: this.#stopping.signal });
      return slice();
    } finally {
      mine.resolve();
    }
  }
}

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 60_000;

/** An operation that has not ended. */
interface Work {
  readonly id: string;
  readonly userId: string;
  readonly bindingRef: string;
  readonly request: StoredRequest;
}

/** Reads an operation; `null` when it has ended. */
function workOf(data: HostData, id: string): Work | null {
  const row = data.one(
    "SELECT * FROM operations WHERE id = ? AND state IN ('pending', 'running')",
    id,
  );
  if (row === null) return null;
  const request: unknown = JSON.parse(text(row, "request"));
  const parsed = parseWith(StoredRequestSchema, request);
  if (!parsed.ok) throw new TypeError(`The stored operation is broken: "${parsed.path}"`);
  return {
    id,
    userId: text(row, "user_id"),
    bindingRef: text(row, "binding_ref"),
    request: parsed.value,
  };
}

function isOpen(data: HostData, id: string): boolean {
  return data.one(
    "SELECT 1 FROM operations WHERE id = ? AND state IN ('pending', 'running')",
    id,
  ) !== null;
}

function routeOf(
  data: HostData,
  { bindingRef }: Work,
): { readonly mapping: ProjectMapping; readonly resource: Resource } {
  const mapping = mappingByRef(data, bindingRef);
  if (mapping === null || mapping.state === "deleted") {
    throw refuse("binding_not_found", `No mapping has the reference "${bindingRef}"`);
  }
  return { mapping, resource: resourceById(data, mapping.resourceId) };
}

function end(data: HostData, id: string, state: "completed" | "failed", json: string): void {
  data.transaction(() => {
    data.run(
      "UPDATE operations SET state = ?, result = ?, error = ?, ended_at = ? WHERE id = ?",
      state,
      state === "completed" ? json : null,
      state === "failed" ? json : null,
      data.now(),
      id,
    );
    data.run("DELETE FROM operation_items WHERE operation_id = ?", id);
  });
}
