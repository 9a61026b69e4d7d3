import type { NormalizedIssue } from "../contract/issue.ts";
import type { StoredIssue } from "../store/issues.ts";
import { absorb, type AbsorbContext } from "../sync/absorb.ts";
import { changesOf } from "../sync/field_changes.ts";
import type { SyncContext } from "./engine.ts";
import { fieldsOf, pickFields, type SyncField } from "../sync/fields.ts";
import { pendingFields } from "../sync/pending_fields.ts";
import { createPending } from "./push_create.ts";
import { forgetFaults, gone, noteAnswer, noteSent, together } from "../sync/sent_edits.ts";
import { PushProgress } from "./push_progress.ts";
import { isKept } from "../sync/sets.ts";
import type { LocalPushReport } from "../sync/sync_report.ts";

/** How to push. */
export interface LocalPushOptions {
  /** Sends edits again that were refused before. */
  readonly retry?: boolean | undefined;
  /** Stops after this many issues were written; the next push continues. */
  readonly limit?: number | undefined;
}

/**
 * Writes pending edits and new issues to the tracker, field by field. Each issue is read first and
 * merged, so that nothing is written over that was not seen; what cannot be written is listed.
 *
 * @throws {TrackerError} only when the tool cannot be used at all, or does not answer.
 */
export async function push(
  context: SyncContext,
  options: LocalPushOptions = {},
): Promise<LocalPushReport> {
  const { store, onEvent } = context;
  const progress = new PushProgress(context, options.limit ?? Infinity);
  if (options.retry === true) forgetFaults(context);
  const pending = store.issues.pending();
  onEvent({ kind: "push_started", pending: pending.length });
  const created = await createPending(context, pending, progress);
  for (const { issue, base } of store.issues.pending()) {
    if (base === null) continue;
    const { id } = issue.ref;
    if (progress.isFull && !created.has(id)) {
      progress.complete = false;
      break;
    }
    await context.checkStop?.();
    await progress.isolated(
      issue.ref.id,
      issue.title,
      () => pushEdits(context, id, progress, created.has(id)),
    );
  }
  return progress.report();
}

async function pushEdits(
  context: SyncContext,
  id: string,
  progress: PushProgress,
  justCreated: boolean,
): Promise<void> {
  const { connector, store } = context;
  const known = store.issues.require(id);
  if (!isWorthReading(context, known)) {
    tellUnwritable(context, known, progress);
    progress.counts.skipped++;
    return;
  }
  const readAt = context.clock.now();
  const theirs = await connector.get(id);
  if (theirs === null) throw gone(context, id);
  const stored = take({ ...progress.context, readAt }, id, theirs);
  const { writable } = tellUnwritable(context, stored, progress);
  if (writable.length === 0) {
    if (!justCreated) progress.counts.skipped++;
    return;
  }
  const wanted = fieldsOf(stored.issue);
  const patch = pickFields(wanted, writable);
  // What is sent may arrive though the answer does not.
  noteSent(context, id, patch);
  const failures = await connector.update(theirs, patch);
  const freshAt = context.clock.now();
  const fresh = await connector.get(id);
  if (fresh === null) throw gone(context, id);
  const values = fieldsOf(fresh);
  const failed = new Set(failures.flatMap(({ fields }) => fields));
  const lost = writable.filter((field) =>
    !failed.has(field) && !isKept(field, fieldsOf(theirs), wanted, values)
  );
  const written = writable.filter((field) => !failed.has(field) && !lost.includes(field));
  const refusals = [
    ...together(failures),
    ...(lost.length === 0 ? [] : [{
      fields: lost,
      code: "write_not_kept",
      isRefusal: true,
      message: `${connector.provider} took the write of ${lost.join(", ")} but holds another value`,
    }]),
  ];
  store.transaction(() => {
    take({ ...progress.context, readAt: freshAt, isOwnWrite: true }, id, fresh);
    noteAnswer(context, id, patch, refusals);
  });
  const { title } = stored.issue;
  for (const { fields, code, message } of refusals) {
    progress.fail({ id, title, fields, code, message });
  }
  if (written.length === 0 || justCreated) return;
  progress.counts.updated++;
  const changes = changesOf(pickFields(fieldsOf(stored.issue), written), fieldsOf(theirs));
  context.onEvent({ kind: "pushed", action: "updated", id, localId: null, title, changes });
}

/** Merges what the tracker holds now into what is stored now, which may be newer than what we read. */
function take(
  context: SyncContext & Pick<AbsorbContext, "readAt" | "isOwnWrite">,
  id: string,
  theirs: StoredIssue["issue"],
): StoredIssue {
  const { store } = context;
  return store.transaction(() => {
    const known = store.issues.require(id);
    const absorbed = absorb(
      { ...context, side: context.connector, now: context.clock.now() },
      known,
      withKnownComments(theirs, known.base),
    );
    store.issues.put(absorbed.stored);
    return absorbed.stored;
  });
}

/** Older versions of `bd` count the comments only in a list: the number from before stays. */
function withKnownComments(
  theirs: NormalizedIssue,
  base: NormalizedIssue | null,
): NormalizedIssue {
  const { comment_count: known } = base?.provider_metadata ?? {};
  if (known === undefined || theirs.provider_metadata["comment_count"] !== undefined) return theirs;
  return {
    ...theirs,
    provider_metadata: { ...theirs.provider_metadata, comment_count: known },
  };
}

/** Whether reading the issue can lead to a change on either side. */
function isWorthReading(context: SyncContext, stored: StoredIssue): boolean {
  const { rules, store } = context;
  const { writable, refused } = pendingFields(withSide(context), stored);
  // A held field that was edited since may be the newer one by now.
  const isEditedSince = store.conflicts.open(stored.issue.ref.id).some(({ field, times }) =>
    times.ours !== (stored.edits[field]?.at ?? null)
  );
  return writable.length > 0 || isEditedSince ||
    refused.some(({ field }) => rules.ownership[field] === "external") ||
    Object.values(stored.edits).some(({ sent }) => sent !== undefined);
}

function withSide(context: SyncContext) {
  return { store: context.store, side: context.connector };
}

function tellUnwritable(
  context: SyncContext,
  stored: StoredIssue,
  progress: PushProgress,
): { readonly writable: readonly SyncField[] } {
  const { id } = stored.issue.ref;
  const { title } = stored.issue;
  const { writable, held, refused, refusedBefore } = pendingFields(withSide(context), stored);
  for (const { field, reason } of refused) progress.skip({ id, title, field, reason });
  for (const { field, reason } of refusedBefore) {
    progress.refused.add(id);
    context.onEvent({ kind: "refused", id, title, field, reason });
  }
  for (const field of held) context.onEvent({ kind: "held", id, title, field });
  return { writable };
}
