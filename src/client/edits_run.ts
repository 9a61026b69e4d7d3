import { interrupted } from "../platform/tracker_error.ts";
import type { IssueStore } from "../store/issue_store.ts";
import type { Side } from "../sync/side.ts";
import type { SyncEvent } from "../sync/sync_report.ts";
import { answersTo, type EditAnswer } from "./edit_answers.ts";
import { beginBatch, type EditBatch, sendBatch, type SentBatch } from "./edit_batches.ts";
import { changeItem, type EditItem, type ItemContext } from "./edit_items.ts";
import type { EditsDeps } from "./edits_deps.ts";
import type { EditsProgress } from "./edits_progress.ts";
import type { PushEditsChoice } from "./edits_report.ts";
import type { OfferedExtensions } from "./extensions.ts";
import type { KeepContext } from "./kept_changes.ts";
import { absorbContext } from "./merging.ts";

/** A push of edits under way. */
export interface EditsRun {
  readonly deps: EditsDeps;
  readonly choice: PushEditsChoice;
  readonly progress: EditsProgress;
  readonly offered: OfferedExtensions;
  readonly side: Side;
}

/** Counts the issues that a push would send: made here, or with a change that is neither held nor refused. */
export function countToSend(
  run: Pick<EditsRun, "side" | "offered">,
  store: IssueStore,
): number {
  return store.issues.pending().filter((stored) =>
    stored.base === null
      ? Object.values(stored.edits).every(({ fault }) => fault === undefined)
      : changeItem(itemContext(run, store), stored) !== null
  ).length;
}

/** Returns what items are made with. */
export function itemContext(
  { side, offered }: Pick<EditsRun, "side" | "offered">,
  store: IssueStore,
): ItemContext {
  return { store, side, offered };
}

/** Runs `work` on the store of the binding as it is now. */
export async function inStore<T>(
  { cache, router }: Pick<EditsDeps, "cache" | "router">,
  work: (store: IssueStore) => T,
): Promise<T> {
  using store = await cache.open(router.binding);
  return work(store);
}

/** Sends edits in one request; in smaller ones when the host finds fault with the request as a whole. */
export async function sendEdits(
  run: EditsRun,
  kind: "changes" | "creates",
  edits: readonly EditItem[],
  keep: (context: KeepContext, answer: EditAnswer) => void,
): Promise<void> {
  if (edits.length === 0) return;
  requireGoingOn(run);
  const batch = await inStore(run.deps, (store) => beginBatch(run.deps, store, kind, edits));
  const sent = await sendOpen(run, batch, keep);
  if (sent.kind === "answered") return;
  const { error } = sent;
  if (edits.length > 1) {
    const half = Math.ceil(edits.length / 2);
    await sendEdits(run, kind, edits.slice(0, half), keep);
    await sendEdits(run, kind, edits.slice(half), keep);
    return;
  }
  const [edit] = edits;
  if (edit === undefined) return;
  const { code, message, details, retryable } = error;
  const fault = { ref: edit.item.ref, code, message, details, retryable };
  await keepAnswers(run, batch, run.deps.clock.now(), false, [
    { edit, kind: "failed", answer: null, errors: [fault] },
  ], keep);
}

/** Sends a request that has begun, and keeps the answers. */
export async function sendOpen(
  run: EditsRun,
  batch: EditBatch,
  keep: (context: KeepContext, answer: EditAnswer) => void,
): Promise<SentBatch> {
  const { deps, choice } = run;
  const readAt = deps.clock.now();
  const sent = await sendBatch(deps, batch, choice);
  if (sent.kind === "invalid") return sent;
  const answers = answersTo(batch.edits, sent.result);
  await keepAnswers(run, batch, readAt, sent.replayed, answers, keep);
  const { sent: count, expected } = run.progress;
  // An answer of which nothing came is no progress.
  if (count > 0) {
    choice.onProgress?.({ kind: "batch", sent: count, total: Math.max(count, expected) });
  }
  return sent;
}

async function keepAnswers(
  { deps, progress, side }: EditsRun,
  { key }: EditBatch,
  readAt: number,
  replayed: boolean,
  answers: readonly EditAnswer[],
  keep: (context: KeepContext, answer: EditAnswer) => void,
): Promise<void> {
  const events: SyncEvent[] = [];
  await inStore(deps, (store) =>
    store.transaction(() => {
      const absorb = absorbContext(store, deps.merging, readAt, (event) => void events.push(event));
      for (const answer of answers) {
        keep({ absorb, side, progress, events, replayed }, answer);
        events.push(...notesOf(answer));
      }
      store.pushes.close(key);
    }));
  progress.tell(events);
}

/** What the host says of an issue that it has taken. */
function notesOf({ kind, edit, answer }: EditAnswer): SyncEvent[] {
  const message = answer?.message?.trim() ?? "";
  if (kind !== "done" || message === "") return [];
  return [{ kind: "noted", id: answer?.remote_ref?.id ?? edit.id, message }];
}

/** Ends the push between two requests when it was given up. */
export function requireGoingOn({ choice: { signal } }: EditsRun): void {
  if (signal?.aborted === true) throw interrupted(signal.reason);
}
