import { type NormalizedIssue, NormalizedIssueSchema } from "../contract/issue.ts";
import { parseWith } from "../contract/parse.ts";
import { patchedIssue } from "../contract/patch.ts";
import type { ItemError } from "../contract/results.ts";
import { isoTime } from "../platform/clock.ts";
import type { StoredIssue } from "../store/issues.ts";
import { absorb, type AbsorbContext } from "../sync/absorb.ts";
import { changesOf } from "../sync/field_changes.ts";
import { fieldsOf, patchedFields, pickFields, type SyncField, withFields } from "../sync/fields.ts";
import { goneError } from "../sync/gone_issues.ts";
import { noteAnswer } from "../sync/sent_edits.ts";
import type { Side, WriteFailure } from "../sync/side.ts";
import type { SyncEvent } from "../sync/sync_report.ts";
import { type EditAnswer, isFieldConflict } from "./edit_answers.ts";
import { type EditItem, fieldsToSend } from "./edit_items.ts";
import type { EditsProgress } from "./edits_progress.ts";
import { conflictFields, holdConflicts, namedFields } from "./met_conflicts.ts";
import { UNANSWERED_ITEM } from "./unanswered.ts";

/** What answers are kept in. Works inside the caller's transaction. */
export interface KeepContext {
  /** How the engine takes in what the host shows; `readAt` is the start of the request. */
  readonly absorb: AbsorbContext;
  readonly side: Side;
  readonly progress: EditsProgress;
  /** Steps, to be told once they are stored. */
  readonly events: SyncEvent[];
  /** The host has answered the same request before. */
  readonly replayed: boolean;
}

/**
 * What is to be done about an issue: nothing more; send once more what is left of it; or read what the host has first,
 * then send it once more.
 */
export type NextStep = "nothing" | "again" | "read";

/** Keeps the answer to changes of an issue. `metBefore` counts its version conflicts in this push. */
export function keepChange(
  context: KeepContext,
  told: EditAnswer,
  metBefore: number,
): NextStep {
  const { absorb: { store } } = context;
  const stored = store.issues.load(told.edit.id);
  // Discarded, or taken away by another process.
  if (stored === null || stored.base === null) return "nothing";
  if (told.kind === "done") {
    return keepWritten(context, told.edit, told.answer?.version ?? null, told);
  }
  const { edit, errors } = told;
  const isWritten = told.answer !== null && told.answer.outcome !== "failed";
  if (conflictFields(errors).length > 0 || isWritten && errors.every(isOfFields)) {
    return keepPart(context, edit, errors);
  }
  const [error] = errors;
  if (error === undefined) return "nothing";
  if (error.code === "version_conflict") return keepOutdated(context, edit, error, metBefore);
  if (NOT_THERE.includes(error.code)) {
    fail(context, edit, goneError(store, edit.id, context.absorb.now), []);
    return "nothing";
  }
  if (error.code === UNANSWERED_ITEM) {
    // It may have been done: what was sent stays noted.
    fail(context, edit, error, []);
    return "nothing";
  }
  return keepRefused(context, edit, error);
}

const NOT_THERE: readonly string[] = ["issue_not_found", "not_found"];

/** The host holds what was sent. */
function keepWritten(
  context: KeepContext,
  edit: EditItem,
  version: string | null,
  { answer }: Extract<EditAnswer, { readonly kind: "done" }>,
): NextStep {
  const { absorb: { now } } = context;
  const { item, base } = edit;
  if (base === null) return "nothing";
  const isChanged = answer?.outcome !== "unchanged";
  // Of what was unchanged the host names the version that it has, which may hold changes that are not known here.
  const isKnown = isChanged && item.base_version != null;
  const status = item.target_status ?? base.status;
  const { status_name: _old, ...metadata } = base.provider_metadata;
  takeOwn(context, edit, {
    ...patchedIssue(base, item.patch ?? {}),
    status,
    updated_at: isChanged ? isoTime(Math.max(now, Date.parse(base.updated_at))) : base.updated_at,
    provider_metadata: status === base.status ? base.provider_metadata : metadata,
    ...(isKnown && version !== null ? { version } : {}),
  });
  tellWritten(context, edit, patchedFields(edit.sent));
  return "nothing";
}

/** Takes in what the host holds after our write, unless something newer of it has been taken in since. */
function takeOwn(
  context: KeepContext,
  { id, sent, base }: EditItem,
  theirs: NormalizedIssue,
  refusals: readonly WriteFailure[] = [],
): void {
  const { store } = context.absorb;
  const stored = store.issues.require(id);
  if (JSON.stringify(stored.base) === JSON.stringify(base)) {
    store.issues.put(absorb({ ...context.absorb, isOwnWrite: true }, stored, theirs).stored);
  }
  noteAnswer(asSent(context), id, sent, refusals);
}

function tellWritten(context: KeepContext, edit: EditItem, fields: readonly SyncField[]): void {
  const { progress, events, replayed } = context;
  const { id, base } = edit;
  if (base === null || fields.length === 0) return;
  if (replayed) progress.alreadySent.add(id);
  if (progress.created.has(id)) return;
  progress.updated.add(id);
  const before = fieldsOf(base);
  const changes = changesOf(pickFields({ ...before, ...edit.sent }, fields), before);
  const { title } = context.absorb.store.issues.require(id).issue;
  events.push({ kind: "pushed", action: "updated", id, localId: null, title, changes });
}

/** Returns whether a fault is one of some fields. */
function isOfFields(error: ItemError): boolean {
  return namedFields(error).length > 0;
}

/**
 * The host has written a part. Conflicts that it has met at the real tracker are held. The other fields were sent, but
 * for those that are refused in the same answer; a refusal that names none is one of all of them.
 */
function keepPart(
  context: KeepContext,
  edit: EditItem,
  errors: readonly ItemError[],
): NextStep {
  const { store } = context.absorb;
  const { base, sent } = edit;
  if (base === null) return "nothing";
  const met = conflictFields(errors);
  const left = patchedFields(sent).filter((field) => !met.some((one) => one.field === field));
  const refusals = errors.filter((error) => !isFieldConflict(error)).map((error) => {
    const named = namedFields(error).filter((field) => left.includes(field));
    return { error, fields: named.length === 0 ? left : named };
  });
  const others = left.filter((field) => !refusals.some(({ fields }) => fields.includes(field)));
  const own = withFields(base, pickFields({ ...fieldsOf(base), ...sent }, others));
  takeOwn(
    context,
    edit,
    // What else has changed at the tracker is not known: the next push reads it first.
    { ...own, version: null },
    refusals.map(({ error, fields }) => refusalOf(error, fields)),
  );
  const stored = store.issues.require(edit.id);
  holdConflicts(context.absorb, stored, met);
  tellWritten(context, edit, others);
  for (const { error, fields } of refusals) fail(context, edit, error, fields);
  return "nothing";
}

/** The issue has changed since the version that the item was made on. */
function keepOutdated(
  context: KeepContext,
  edit: EditItem,
  error: ItemError,
  metBefore: number,
): NextStep {
  const { absorb: absorbing, side } = context;
  const { store } = absorbing;
  const { id } = edit;
  const current = parseWith(NormalizedIssueSchema, error.details?.["current"]);
  if (!current.ok || current.value.ref.id !== id) {
    noteAnswer(asSent(context), id, edit.sent, []);
    if (metBefore === 0) return "read";
    fail(context, edit, error, []);
    return "nothing";
  }
  const { stored } = absorb(absorbing, store.issues.require(id), current.value);
  store.issues.put(stored);
  noteAnswer(asSent(context), id, edit.sent, []);
  if (metBefore === 0) return "again";
  holdAll(
    context,
    store.issues.require(id),
    fieldsToSend({ store, side }, store.issues.require(id)),
  );
  return "nothing";
}

/** Holds what could not be sent although it was merged with what the host had: somebody has to look at it. */
function holdAll(
  { absorb }: KeepContext,
  stored: StoredIssue,
  fields: readonly SyncField[],
): void {
  const theirs = stored.base === null ? null : fieldsOf(stored.base);
  holdConflicts(
    absorb,
    stored,
    fields.map((field) => ({
      field,
      base: theirs?.[field] ?? null,
      theirs: theirs?.[field] ?? null,
    })),
  );
}

/** The host has refused some fields, or all of them; what it has not refused is sent once more without them. */
function keepRefused(context: KeepContext, edit: EditItem, error: ItemError): NextStep {
  const all = patchedFields(edit.sent);
  const named = namedFields(error).filter((field) => all.includes(field));
  const fields = named.length === 0 ? all : named;
  noteAnswer(asSent(context), edit.id, edit.sent, [refusalOf(error, fields)]);
  fail(context, edit, error, fields);
  return !error.retryable && fields.length < all.length ? "again" : "nothing";
}

function refusalOf(
  { code, message, retryable }: ItemError,
  fields: readonly SyncField[],
): WriteFailure {
  return { fields, code, message, isRefusal: !retryable };
}

function fail(
  { absorb: { store }, events }: KeepContext,
  { id }: EditItem,
  { code, message }: { readonly code: string; readonly message: string },
  fields: readonly SyncField[],
): void {
  const title = store.issues.load(id)?.issue.title ?? null;
  events.push({ kind: "failed", phase: "push", id, title, fields, code, message });
}

function asSent({ absorb: { store, now } }: KeepContext) {
  return { store, clock: { now: () => now } };
}
