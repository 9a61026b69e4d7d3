import { withoutFaults } from "../store/edits.ts";
import type { IssueStore } from "../store/issue_store.ts";
import type { StoredIssue } from "../store/issues.ts";
import { changesOf } from "../sync/field_changes.ts";
import { fieldsOf, patchedFields } from "../sync/fields.ts";
import { pendingFields } from "../sync/pending_fields.ts";
import type { SyncEvent } from "../sync/sync_report.ts";
import { changeItem, createItem } from "./edit_items.ts";
import type { EditsProgress } from "./edits_progress.ts";
import type { PushEditsChoice, PushEditsReport } from "./edits_report.ts";
import { hostedSide } from "./hosted_side.ts";
import type { EditsDeps } from "./edits_deps.ts";
import { countToSend, type EditsRun, itemContext } from "./edits_run.ts";
import { EVERY_EXTENSION } from "./extensions.ts";

/** Tells as events what a push of edits would send. Stores nothing, and asks the host for its extensions alone. */
export async function planEdits(
  deps: EditsDeps,
  choice: PushEditsChoice,
  progress: EditsProgress,
): Promise<PushEditsReport> {
  using store = await deps.cache.openForReading(deps.router.binding) ??
    await deps.cache.openEmpty();
  const everything = { deps, choice, progress };
  const guess = { offered: EVERY_EXTENSION, side: hostedSide(deps.provider, "") };
  const isSome = choice.retry === true || countToSend(guess, store) > 0;
  const offered = isSome ? await deps.extensions(choice.signal) : EVERY_EXTENSION;
  const run: EditsRun = { ...everything, offered, side: hostedSide(deps.provider, "", offered) };
  const pending = store.issues.pending();
  progress.tell([{ kind: "push_started", pending: pending.length }]);
  for (const stored of pending.toSorted((a, b) => rank(a) - rank(b))) {
    planOne(run, store, choice.retry === true ? allowed(stored) : stored);
  }
  tellWaiting(run, store);
  return progress.report(store, true);
}

function rank({ base }: StoredIssue): number {
  return base === null ? 0 : 1;
}

function allowed(stored: StoredIssue): StoredIssue {
  return { ...stored, edits: withoutFaults(stored.edits) };
}

function planOne(run: EditsRun, store: IssueStore, stored: StoredIssue): void {
  const { progress } = run;
  const { base, issue, edits } = stored;
  const { ref: { id }, title } = issue;
  const context = itemContext(run, store);
  const isRefused = Object.values(edits).some(({ fault }) => fault !== undefined);
  const edit = base !== null
    ? changeItem(context, stored)
    : isRefused
    ? null
    : createItem(context, stored, issue.ref.workspace);
  if (edit === null) return;
  if (progress.room <= 0) {
    progress.complete = false;
    return;
  }
  const before = base === null ? null : fieldsOf(base);
  const action = base === null ? "created" : "updated";
  progress[action].add(id);
  const changes = before === null
    ? patchedFields(edit.sent).map((field) => ({ field, from: null, to: edit.sent[field] }))
    : changesOf(edit.sent, before);
  progress.tell([{
    kind: "pushed",
    action,
    id,
    localId: base === null ? id : null,
    title,
    changes,
  }]);
}

/** Tells what is not sent, and why; counts the issues of which nothing is. */
export function tellWaiting(run: EditsRun, store: IssueStore): void {
  const { progress, side, choice } = run;
  for (const kept of store.issues.pending()) {
    const stored = choice.retry === true ? allowed(kept) : kept;
    const { base, edits, issue: { ref: { id }, title } } = stored;
    const events: SyncEvent[] = [];
    if (base === null) {
      const [reason] = Object.values(edits).flatMap(({ fault }) => fault?.message ?? []);
      const isNews = progress.failed.has(id);
      if (reason !== undefined && !isNews) {
        events.push({ kind: "refused", id, title, field: null, reason });
      }
    } else {
      const { held, refused, refusedBefore } = pendingFields({ store, side }, stored);
      for (const { field, reason } of refused) {
        events.push({ kind: "skipped", id, title, field, reason });
      }
      for (const { field, reason } of refusedBefore) {
        events.push({ kind: "refused", id, title, field, reason });
      }
      for (const field of held) events.push({ kind: "held", id, title, field });
      const isSent = changeItem(itemContext(run, store), stored) !== null;
      if (!isSent && !progress.created.has(id)) progress.skipped++;
    }
    progress.tell(events);
  }
}
