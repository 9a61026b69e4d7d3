import type { NormalizedIssue } from "../contract/issue.ts";
import type { StoredIssue } from "../store/issues.ts";
import { absorb, type AbsorbContext } from "../sync/absorb.ts";
import { changesOf } from "../sync/field_changes.ts";
import type { SyncContext } from "./engine.ts";
import {
  type FieldPatch,
  fieldsOf,
  type FieldValues,
  patchedFields,
  pickFields,
  type SyncField,
  withFields,
} from "../sync/fields.ts";
import { holdFields } from "../sync/hold.ts";
import { pendingFields } from "../sync/pending_fields.ts";
import type { PushProgress } from "./push_progress.ts";
import { gone, noteAnswer, noteSent, together } from "../sync/sent_edits.ts";
import { isKept } from "../sync/sets.ts";
import type { WriteFailure } from "../sync/side.ts";
import { VERSION_CONFLICT } from "./tool.ts";

/** An issue as the tool had it when a reading began; `null` when the tool does not have it. */
export interface Reading {
  /** Milliseconds since 1970. */
  readonly readAt: number;
  readonly theirs: NormalizedIssue | null;
}

/** An issue of which edits were sent, and what is known of them. */
export interface SentIssue {
  /** As it was sent. */
  readonly stored: StoredIssue;
  /** What the tool held before. */
  readonly before: FieldValues;
  /** What was sent and is neither known to have arrived nor to have been turned away. */
  readonly unproven: FieldPatch;
  /** Fields that the tool has shown in an answer as they were sent. */
  readonly arrived: readonly SyncField[];
  /** Why unproven fields may not have been written. */
  readonly failures: readonly WriteFailure[];
  /** Fields that were not written, as they have changed since they were read. */
  readonly stale: readonly SyncField[];
}

/**
 * Merges what was read, and sends what is left to send. Fields that have changed since are read and merged again and
 * sent once more; when they have changed again, they are held. Returns what is to be read back; `null` for nothing.
 */
export async function writeEdits(
  context: SyncContext,
  id: string,
  reading: Reading,
  progress: PushProgress,
  justCreated: boolean,
): Promise<SentIssue | null> {
  const first = await send(context, id, reading, progress);
  if (first === null) {
    if (!justCreated) progress.counts.skipped++;
    return null;
  }
  const sent = first.stale.length === 0 ? first : await sendAgain(context, first, progress);
  if (patchedFields(sent.unproven).length === 0) tellWritten(sent, [], progress, justCreated);
  if (sent.stale.length === 0) return sent;
  const last = await readAgain(context, id);
  readBack(context, sent, last, progress, justCreated);
  const { theirs } = last;
  if (theirs === null) throw gone(context, id);
  const versions = { base: first.before, theirs, seenAt: reading.readAt };
  holdFields({ ...progress.context, now: context.clock.now() }, id, sent.stale, versions);
  return null;
}

/** Takes in what the tool holds after a write, and tells what of it has come about. */
export function readBack(
  context: SyncContext,
  sent: SentIssue,
  { readAt, theirs }: Reading,
  progress: PushProgress,
  justCreated: boolean,
): void {
  const { connector, store } = context;
  const { stored, before, unproven, failures } = sent;
  const { id } = stored.issue.ref;
  if (theirs === null) throw gone(context, id);
  const fields = patchedFields(unproven);
  const failed = new Set(failures.flatMap((failure) => failure.fields));
  const wanted = { ...fieldsOf(stored.issue), ...unproven };
  const values = fieldsOf(theirs);
  const lost = fields.filter((field) =>
    !failed.has(field) && !isKept(field, before, wanted, values)
  );
  const told = [
    ...together(failures),
    ...(lost.length === 0 ? [] : [{
      fields: lost,
      code: "write_not_kept",
      isRefusal: true,
      message: `${connector.provider} took the write of ${lost.join(", ")} but holds another value`,
    }]),
  ];
  store.transaction(() => {
    take({ ...progress.context, readAt, isOwnWrite: true }, id, theirs);
    noteAnswer(context, id, unproven, told);
  });
  tellFailures(stored, told, progress);
  if (fields.length === 0) return;
  const kept = fields.filter((field) => !failed.has(field) && !lost.includes(field));
  tellWritten(sent, kept, progress, justCreated);
}

/** Tells of the fields of an issue that are not sent, and why; returns those that are. */
export function tellUnwritable(
  context: SyncContext,
  stored: StoredIssue,
  progress: PushProgress,
): readonly SyncField[] {
  const { id } = stored.issue.ref;
  const { title } = stored.issue;
  const { store, connector: side } = context;
  const { writable, held, refused, refusedBefore } = pendingFields({ store, side }, stored);
  for (const { field, reason } of refused) progress.skip({ id, title, field, reason });
  for (const { field, reason } of refusedBefore) {
    progress.refused.add(id);
    context.onEvent({ kind: "refused", id, title, field, reason });
  }
  for (const field of held) context.onEvent({ kind: "held", id, title, field });
  return writable;
}

/** Merges a reading and sends the fields that are left, of `only` some where it is given. */
async function send(
  context: SyncContext,
  id: string,
  { readAt, theirs }: Reading,
  progress: PushProgress,
  only?: readonly SyncField[],
): Promise<SentIssue | null> {
  const { connector, store } = context;
  store.issues.require(id);
  if (theirs === null) throw gone(context, id);
  const isOwnWrite = only !== undefined;
  const stored = take({ ...progress.context, readAt, isOwnWrite }, id, theirs);
  const writable = only === undefined
    ? tellUnwritable(context, stored, progress)
    : pendingFields({ store, side: connector }, stored).writable
      .filter((field) => only.includes(field));
  if (writable.length === 0) return null;
  const before = fieldsOf(theirs);
  const wanted = fieldsOf(stored.issue);
  const patch = pickFields(wanted, writable);
  // What is sent may arrive though the answer does not.
  noteSent(context, id, patch);
  const { failures, answered } = await connector.update(theirs, patch, {
    reason: stored.edits["status"]?.reason,
  });
  const stale = fieldsFailedBy(failures.filter(({ code }) => code === VERSION_CONFLICT));
  const refusals = together(failures.filter(({ isRefusal }) => isRefusal));
  const failed = fieldsFailedBy(failures);
  const shown = { ...wanted, ...answered };
  const arrived = writable.filter((field) =>
    !failed.includes(field) && answered[field] !== undefined &&
    isKept(field, before, wanted, shown)
  );
  const known = [...stale, ...fieldsFailedBy(refusals), ...arrived];
  store.transaction(() => {
    // Of what others change from here on, our value is the one from before.
    const isAnswered = arrived.length > 0;
    const after = withFields(theirs, pickFields(shown, arrived));
    if (isAnswered) take({ ...progress.context, readAt, isOwnWrite: true }, id, after);
    noteAnswer(context, id, pickFields(wanted, known), refusals);
  });
  tellFailures(stored, refusals, progress);
  return {
    stored,
    before,
    unproven: pickFields(wanted, writable.filter((field) => !known.includes(field))),
    arrived,
    failures: failures.filter(({ isRefusal, code }) => !isRefusal && code !== VERSION_CONFLICT),
    stale,
  };
}

async function sendAgain(
  context: SyncContext,
  first: SentIssue,
  progress: PushProgress,
): Promise<SentIssue> {
  const { id } = first.stored.issue.ref;
  const again = await send(context, id, await readAgain(context, id), progress, first.stale);
  if (again === null) return { ...first, stale: [] };
  return {
    stored: again.stored,
    before: { ...first.before, ...pickFields(again.before, first.stale) },
    unproven: { ...first.unproven, ...again.unproven },
    arrived: [...first.arrived, ...again.arrived],
    failures: [...first.failures, ...again.failures],
    stale: again.stale,
  };
}

async function readAgain({ connector, clock }: SyncContext, id: string): Promise<Reading> {
  return { readAt: clock.now(), theirs: await connector.get(id) };
}

/** Merges what the tracker holds now into what is stored now, which may be newer than what we read. */
function take(
  context: SyncContext & Pick<AbsorbContext, "readAt" | "isOwnWrite">,
  id: string,
  theirs: NormalizedIssue,
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

function fieldsFailedBy(failures: readonly WriteFailure[]): SyncField[] {
  return failures.flatMap(({ fields }) => fields);
}

function tellFailures(
  { issue: { ref: { id }, title } }: StoredIssue,
  failures: readonly WriteFailure[],
  progress: PushProgress,
): void {
  for (const { fields, code, message } of failures) {
    progress.fail({ id, title, fields, code, message });
  }
}

function tellWritten(
  { stored: { issue }, before, arrived }: SentIssue,
  kept: readonly SyncField[],
  progress: PushProgress,
  justCreated: boolean,
): void {
  const written = [...arrived, ...kept];
  if (written.length === 0 || justCreated) return;
  progress.counts.updated++;
  const changes = changesOf(pickFields(fieldsOf(issue), written), before);
  const { ref: { id }, title } = issue;
  progress.context.onEvent({
    kind: "pushed",
    action: "updated",
    id,
    localId: null,
    title,
    changes,
  });
}
