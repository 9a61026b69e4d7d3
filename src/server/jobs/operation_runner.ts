import { errorEnvelope } from "../../contract/errors.ts";
import { isStorageFault } from "../../platform/database.ts";
import { errorText } from "../../platform/tracker_error.ts";
import {
  type HostContext,
  inTransaction,
  type TransactionContext,
} from "../context/host_context.ts";
import { HostError } from "../model/host_error.ts";
import { isOperationOpen, markOperationRunning, openOperationIds } from "../store/operations.ts";
import { conflictRoom } from "../sync/apply_item.ts";
import { type CycleRequest, runCycle } from "../sync/full_cycle.ts";
import { endWork, routeOf, type Work, workOf } from "./operations.ts";
import { type AppliedTexts, pushResultJson, pushSlice, readApplied } from "./push_operation.ts";

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 60_000;

/**
 * Runs stored operations in the background, in slices: one slice of one operation at a time, with requests
 * answered between two of them, also when many operations are resumed at a start.
 */
export class OperationRunner {
  readonly #context: HostContext;
  readonly #delayMs: () => number;
  readonly #stopping = new AbortController();
  readonly #underWay = new Set<Promise<void>>();
  #lastTurn: Promise<void> = Promise.resolve();

  /** Creates a runner; `delayMs` says how long an operation takes before its effect. */
  constructor(context: HostContext, delayMs: () => number) {
    this.#context = context;
    this.#delayMs = delayMs;
  }

  /** Resumes the operations that an earlier process left; returns how many. */
  async resume(): Promise<number> {
    const open = await openOperationIds(this.#context.store);
    for (const id of open) this.start(id);
    return open.length;
  }

  /** Starts a stored operation. */
  start(id: string): void {
    if (this.#stopping.signal.aborted) return;
    const work = this.#run(id).finally(() => this.#underWay.delete(work));
    this.#underWay.add(work);
  }

  /** Stops; what has not had its effect is resumed by the next process. */
  async stop(): Promise<void> {
    this.#stopping.abort(new DOMException("The host stops", "AbortError"));
    await Promise.all(this.#underWay);
  }

  /** Retries until the operation has ended: a full disk or a locked database is no failure of it. */
  async #run(id: string): Promise<void> {
    const { signal } = this.#stopping;
    const { clock, terminal } = this.#context.platform;
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
    const context = this.#context;
    await this.#inTurn(() => markOperationRunning(context.store, id));
    await context.platform.clock.sleep(this.#delayMs(), { signal: this.#stopping.signal });
    try {
      const work = await this.#inTurn(() => workOf(context.store, id));
      if (work?.request.kind === "run") await this.#cycle(work, work.request);
      else if (work?.request.kind === "push") await this.#push(work, work.request.items);
    } catch (error) {
      // What the data does not take now is no failure of the operation.
      if (this.#stopping.signal.aborted || isStorageFault(error)) throw error;
      const envelope = error instanceof HostError
        ? error.envelope
        : errorEnvelope({ code: "internal_error", message: "The operation failed at the host" });
      await this.#inTurn(() => endWork(context, id, "failed", JSON.stringify(envelope)));
    }
  }

  /** Runs a full cycle. The effect and the state change are one transaction: a kill leaves both or none. */
  async #cycle(work: Work, request: CycleRequest): Promise<void> {
    const { id, userId } = work;
    await this.#whileOpen(id, async (context) => {
      const { mapping, resource } = await routeOf(context.store, work);
      const result = await runCycle(context, mapping, resource, userId, request);
      await endWork(context, id, "completed", result);
    });
  }

  /** Pushes in slices, each one transaction with its outcome: a kill repeats nothing and loses nothing. */
  async #push(work: Work, items: readonly unknown[]): Promise<void> {
    const { id, userId } = work;
    const room = conflictRoom();
    for (let place: number | null = 0; place < items.length;) {
      place = await this.#whileOpen(id, async (context) => {
        const { resource } = await routeOf(context.store, work);
        return await pushSlice(context, id, resource, items, room);
      });
      if (place === null) return;
    }
    const texts: AppliedTexts = { items: [], errors: [] };
    for (let place = 0; place < items.length;) {
      const next = await this.#inTurn(() => readApplied(this.#context.store, id, place, texts));
      if (next === place) return;
      place = next;
    }
    await this.#whileOpen(id, async (context) => {
      const { resource } = await routeOf(context.store, work);
      const result = await pushResultJson(context.store, id, resource, userId, texts);
      await endWork(context, id, "completed", result);
    });
  }

  /** Runs a slice in a transaction; returns `null` when another process has ended the operation. */
  async #whileOpen<T>(
    id: string,
    slice: (context: TransactionContext) => Promise<T>,
  ): Promise<T | null> {
    return await this.#inTurn(() =>
      inTransaction(
        this.#context,
        async (context) => await isOperationOpen(context.store, id) ? await slice(context) : null,
      )
    );
  }

  /** Runs a slice once the slices before it are done and requests that came meanwhile had their turn. */
  async #inTurn<T>(slice: () => Promise<T>): Promise<T> {
    const before = this.#lastTurn;
    const mine = Promise.withResolvers<void>();
    this.#lastTurn = mine.promise;
    await before;
    try {
      await this.#context.platform.clock.sleep(0, { signal: this.#stopping.signal });
      return await slice();
    } finally {
      mine.resolve();
    }
  }
}
