import { blankIssue, type ExternalRef, type NormalizedIssue } from "../contract/issue.ts";
import { patchedIssue } from "../contract/patch.ts";
import type { ItemError, PushResultItem } from "../contract/results.ts";
import { isoTime } from "../platform/clock.ts";
import type { StoredConflict } from "../store/conflicts.ts";
import type { FieldEdits } from "../store/edits.ts";
import type { StoredIssue } from "../store/issues.ts";
import { adopt } from "../sync/adopt.ts";
import {
  differingFields,
  fieldsOf,
  patchedFields,
  pickFields,
  SYNC_FIELDS,
  withFields,
} from "../sync/fields.ts";
import { merge, type MergeMeta } from "../sync/merge.ts";
import { everyField } from "../sync/ownership.ts";
import { refuseDraft } from "../sync/sent_edits.ts";
import type { EditAnswer } from "./edit_answers.ts";
import type { EditItem } from "./edit_items.ts";
import type { KeepContext } from "./kept_changes.ts";
import { namedFields } from "./met_conflicts.ts";
import { UNANSWERED_ITEM } from "./unanswered.ts";

/**
 * Keeps the answer to the creation of an issue that was made here. One of which the host does not say which issue it has
 * become is refused: sending it again by itself could create it twice. Works inside the caller's transaction.
 */
export function keepCreate(context: KeepContext, told: EditAnswer): void {
  const { edit, answer } = told;
  const errors = told.kind === "failed" ? told.errors : [];
  const isMade = answer !== null && answer.outcome !== "failed";
  const remote = isMade ? answer.remote_ref : null;
  if (answer !== null && remote !== null && isItsOwn(context, edit, remote)) {
    keepCreated(context, { edit, answer, remote, errors });
    return;
  }
  const [error] = errors;
  const isRefused = error !== undefined && error.code !== UNANSWERED_ITEM && !isMade;
  keepRefusedDraft(context, edit, isRefused ? error : notTold(edit));
}

/** Returns whether a reference is none that another issue which was made here has, or has got just now. */
function isItsOwn(
  { absorb: { store }, progress }: KeepContext,
  { id }: EditItem,
  remote: ExternalRef,
) {
  const known = store.issues.load(remote.id);
  const isDraft = known !== null && known.base === null;
  if (isDraft) return remote.id === id;
  return store.issues.load(id) === null || !progress.created.has(remote.id);
}

function notTold({ item: { ref } }: EditItem): ItemError {
  return {
    ref,
    code: "create_not_told",
    message: "The host did not say which issue it created",
    retryable: false,
  };
}

function keepRefusedDraft(
  { absorb: { store, now }, events }: KeepContext,
  { id }: EditItem,
  { code, message, retryable }: ItemError,
): void {
  const draft = store.issues.load(id);
  if (draft === null || draft.base !== null) return;
  if (!retryable) refuseDraft({ store, clock: { now: () => now } }, id, { code, message });
  const { title } = draft.issue;
  events.push({ kind: "failed", phase: "push", id, title, fields: [], code, message });
}

/** What a host said of an issue that it made. */
interface Created {
  readonly edit: EditItem;
  readonly answer: PushResultItem;
  readonly remote: ExternalRef;
  /** What of it the host did not do. */
  readonly errors: readonly ItemError[];
}

function keepCreated(context: KeepContext, created: Created): void {
  const { edit, answer, remote, errors } = created;
  const { absorb, progress, events, replayed } = context;
  const { store } = absorb;
  const asCreated = createdIssue(context, created);
  const draft = store.issues.load(edit.id);
  const known = remote.id === edit.id ? null : store.issues.load(remote.id);
  if (draft === null || draft.base !== null) {
    // It was discarded here, or another process has stored the same answer.
    if (known === null && draft === null) store.issues.put(unedited(asCreated));
    return;
  }
  // A pull may have brought it before the answer came: what differs then is a change of others.
  const fresh = known === null ? asCreated : known.base ?? known.issue;
  const held = known === null ? [] : store.conflicts.open(remote.id);
  adopt(absorb, edit.id, asCreated, fresh);
  if (known !== null) keepEditsOf(context, known);
  keepHeld(context, remote.id, held);
  progress.created.add(remote.id);
  if (replayed || answer.outcome === "unchanged") progress.alreadySent.add(remote.id);
  const { title } = draft.issue;
  events.push({
    kind: "pushed",
    action: "created",
    id: remote.id,
    localId: edit.id,
    title,
    changes: patchedFields(edit.sent)
      .map((field) => ({ field, from: null, to: edit.sent[field] })),
  });
  for (const error of errors) {
    const { code, message } = error;
    const fields = namedFields(error);
    events.push({ kind: "failed", phase: "push", id: remote.id, title, fields, code, message });
  }
}

/** Returns the issue as the host has made it of what was sent; what it says that it did not do is still to be sent. */
function createdIssue(
  { absorb: { now } }: KeepContext,
  { edit: { item }, answer: { outcome, version }, remote, errors }: Created,
): NormalizedIssue {
  const blank = blankIssue(remote, isoTime(now));
  const patched = patchedIssue(blank, item.patch ?? {});
  const all = { ...patched, status: item.target_status ?? patched.status };
  const left = errors.flatMap(namedFields).filter((field) => field !== "title");
  return {
    ...withFields(all, pickFields(fieldsOf(blank), left)),
    // One that was found made before may have changed since.
    ...(outcome === "created" && version !== null ? { version } : {}),
  };
}

/**
 * Keeps the edits that were made of the issue as a pull had brought it, beside those of the draft. Both are of this side:
 * of a field that was edited in both the later value is wanted, and the other one is in the record of a conflict.
 */
function keepEditsOf(
  { absorb: { store, now, onEvent } }: KeepContext,
  { issue, base, edits }: StoredIssue,
): void {
  const { id } = issue.ref;
  const draft = store.issues.require(id);
  let wanted = fieldsOf(draft.issue);
  let both: FieldEdits = { ...edits, ...draft.edits };
  for (const field of SYNC_FIELDS) {
    const [edit, ofDraft] = [edits[field], draft.edits[field]];
    if (edit === undefined) continue;
    const pulled = { ...wanted, ...pickFields(fieldsOf(issue), [field]) };
    if (ofDraft === undefined) {
      wanted = pulled;
      continue;
    }
    const before = fieldsOf(base ?? issue);
    const isDraftLater = ofDraft.at >= edit.at;
    const strategy = isDraftLater ? "local_wins" : "external_wins";
    const merged = merge(before, wanted, pulled, everyField("shared"), strategy, MERGE_META);
    for (const conflict of merged.conflicts) {
      if (conflict.field !== field) continue;
      const taken = isDraftLater ? "ours" : "theirs";
      const times = { ours: ofDraft.at, theirs: edit.at, seen: null };
      store.conflicts.keep({ issueId: id, ...conflict, taken, times }, now);
      onEvent({ kind: "conflict", id, title: wanted.title, ...conflict });
    }
    wanted = { ...wanted, ...pickFields(merged.result, [field]) };
    if (!isDraftLater) both = { ...both, [field]: { ...ofDraft, at: edit.at } };
  }
  store.issues.put({ ...draft, issue: withFields(draft.issue, wanted), edits: both });
}

/** Holds again what was held of the issue as a pull had brought it, and was not edited in the draft. */
function keepHeld(
  { absorb: { store, now } }: KeepContext,
  id: string,
  held: readonly StoredConflict[],
): void {
  const { issue, base } = store.issues.require(id);
  if (base === null) return;
  const waiting = differingFields(fieldsOf(issue), fieldsOf(base));
  const open = store.conflicts.open(id).map(({ field }) => field);
  for (const conflict of held) {
    const field = waiting.find((name) => name === conflict.field);
    if (field === undefined || open.includes(field)) continue;
    store.conflicts.record({ ...conflict, ours: fieldsOf(issue)[field], taken: null }, now);
  }
}

/** Which of the two edits is the later one is known. */
const MERGE_META: MergeMeta = {
  editedAt: {},
  seenAt: {},
  theirsUpdatedAt: 0,
  unsure: [],
  traits: { silent: [], single: [] },
};

function unedited(issue: NormalizedIssue): StoredIssue {
  return { issue, base: issue, edits: {}, seenAt: null };
}
