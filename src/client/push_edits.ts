import type { IssueStore } from "../store/issue_store.ts";
import { forgetFaults } from "../sync/sent_edits.ts";
import { invalidResponse } from "./answers.ts";
import { createDrafts, repeatCreates } from "./created_drafts.ts";
import type { EditAnswer } from "./edit_answers.ts";
import { changeItem, isOutstanding } from "./edit_items.ts";
import type { EditsDeps } from "./edits_deps.ts";
import { EditsProgress } from "./edits_progress.ts";
import type { PushEditsChoice, PushEditsReport } from "./edits_report.ts";
import {
  countToSend,
  type EditsRun,
  inStore,
  itemContext,
  requireGoingOn,
  sendEdits,
} from "./edits_run.ts";
import { EVERY_EXTENSION } from "./extensions.ts";
import { hostedSide } from "./hosted_side.ts";
import { keepChange } from "./kept_changes.ts";
import { planEdits, tellWaiting } from "./planned_edits.ts";
import { pullIssues } from "./sync_pull.ts";
import { BATCH_SIZE } from "./sync_push.ts";

/**
 * Sends the edits that wait here: what was made here first, parents before children, then the changes, each with the
 * version it was made on. Where the host cannot check versions, everything that has changed is pulled and merged first.
 * Each request is in the journal before it goes out, and its answer is stored in one step with what it says of the
 * issues. An item that fails stops none of the others.
 *
 * @throws {StaleBindingError} and what the client and the store throw; what was answered before is stored.
 */
export async function pushEdits(
  deps: EditsDeps,
  choice: PushEditsChoice,
): Promise<PushEditsReport> {
  const progress = new EditsProgress(choice);
  if (choice.dryRun === true) return await planEdits(deps, choice, progress);
  const everything = { deps, choice, progress, offered: EVERY_EXTENSION };
  const pending = await inStore(deps, (store) => {
    if (choice.retry === true) forgetFaults({ store, clock: deps.clock });
    return { count: store.issues.pending().length, toSend: countWanted(deps, choice, store) };
  });
  progress.expected = Math.min(pending.toSend, choice.limit ?? Infinity);
  progress.tell([{ kind: "push_started", pending: pending.count }]);
  const isSome = pending.toSend > 0;
  const offered = isSome ? await deps.extensions(choice.signal) : EVERY_EXTENSION;
  const run = { ...everything, offered, side: hostedSide(deps.provider, "", offered) };
  if (isSome) {
    if (choice.only === undefined) {
      await repeatCreates(run);
      await createDrafts(run);
    }
    await readFirst(run);
  }
  const ids = await inStore(deps, (store) => {
    tellWaiting(run, store);
    return changesToSend(run, store);
  });
  await sendChanges(run, ids);
  await deps.router.upgrade();
  return await inStore(deps, (store) => progress.report(store, false));
}

/** Counts the issues that a push would send, whatever the host offers. */
export function countEditsToSend(
  { provider }: Pick<EditsDeps, "provider">,
  store: IssueStore,
): number {
  return countToSend({ side: hostedSide(provider, ""), offered: EVERY_EXTENSION }, store);
}

function countWanted(
  deps: Pick<EditsDeps, "provider">,
  { only }: PushEditsChoice,
  store: IssueStore,
): number {
  return only === undefined
    ? countEditsToSend(deps, store)
    : store.issues.pending().filter(({ issue }) => only.includes(issue.ref.id)).length;
}

/** How often an issue is sent at most: after a conflict of versions, and without what was refused of it. */
const MAX_ROUNDS = 4;

async function sendChanges(run: EditsRun, first: readonly string[]): Promise<void> {
  const { deps, progress } = run;
  const outdated = new Map<string, number>();
  let ids = first;
  for (let round = 0; round < MAX_ROUNDS && ids.length > 0; round++) {
    const again: string[] = [];
    let hasToRead = false;
    for (let start = 0; start < ids.length; start += BATCH_SIZE) {
      const known = ids.slice(start, start + BATCH_SIZE);
      const part = known.filter((id) => progress.created.has(id) || progress.updated.has(id))
        .concat(
          known.filter((id) => !progress.created.has(id) && !progress.updated.has(id))
            .slice(0, Math.max(0, progress.room)),
        );
      if (part.length < known.length) progress.complete = false;
      const edits = await inStore(deps, (store) =>
        part.flatMap((id) => {
          const stored = store.issues.load(id);
          return stored === null ? [] : changeItem(itemContext(run, store), stored) ?? [];
        }));
      await sendEdits(run, "changes", edits, (context, answer) => {
        const { id } = answer.edit;
        const met = outdated.get(id) ?? 0;
        const next = keepChange(context, answer, met);
        if (isOutdated(answer)) outdated.set(id, met + 1);
        if (next !== "nothing") again.push(id);
        hasToRead ||= next === "read";
      });
    }
    if (hasToRead) await readChanges(run);
    ids = again;
  }
}

function isOutdated(answer: EditAnswer): boolean {
  return answer.kind === "failed" && answer.errors.some(({ code }) => code === "version_conflict");
}

function changesToSend(run: EditsRun, store: IssueStore): readonly string[] {
  const context = itemContext(run, store);
  const { only } = run.choice;
  return store.issues.pending()
    .filter(({ issue }) => only === undefined || only.includes(issue.ref.id))
    .flatMap((stored) => changeItem(context, stored)?.id ?? []);
}

/**
 * Pulls what has changed where a write could go over it unseen: the host cannot check versions, or the version of an
 * issue is not known; or what was sent of it before was not answered.
 */
async function readFirst(run: EditsRun): Promise<void> {
  const isNeeded = await inStore(run.deps, (store) => {
    const context = itemContext(run, store);
    return store.issues.pending().some((stored) => {
      const edit = changeItem(context, stored);
      return edit !== null && (edit.item.base_version == null || isOutstanding(stored));
    });
  });
  if (isNeeded) await readChanges(run);
}

/** What a listing leaves out that was cut off cannot be merged, and would be overwritten unseen. */
async function readChanges(run: EditsRun): Promise<void> {
  const { deps, progress, choice: { signal, onEvent } } = run;
  requireGoingOn(run);
  const report = await pullIssues(deps, { limit: "rest", signal, onEvent });
  progress.addPull(report);
  if (!report.gone.cutOff) return;
  const fault = "The listing says that it is cut off, so it does not tell all that others wrote";
  throw invalidResponse("pull", fault, "truncated");
}
