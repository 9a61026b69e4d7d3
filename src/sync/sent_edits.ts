import type { Clock } from "../platform/clock.ts";
import type { TrackerError } from "../platform/tracker_error.ts";
import { type FieldEdits, refusedFields, withFault, withoutFaults } from "../store/edits.ts";
import type { WriteFailure } from "./side.ts";
import type { SyncStore } from "./store.ts";
import { type FieldPatch, fieldsOf, sameValue } from "./fields.ts";
import { goneError } from "./gone_issues.ts";

/** What notes of sent edits are kept in. */
export interface SentContext {
  readonly store: SyncStore;
  readonly clock: Pick<Clock, "now">;
}

/** One failure for all fields that failed alike. */
export function together(failures: readonly WriteFailure[]): WriteFailure[] {
  const groups = new Map<string, WriteFailure>();
  for (const failure of failures) {
    const key = JSON.stringify([failure.code, failure.message]);
    const known = groups.get(key)?.fields ?? [];
    groups.set(key, { ...failure, fields: [...new Set([...known, ...failure.fields])] });
  }
  return [...groups.values()];
}

/** Keeps what is about to be sent, so that it is known again when the answer is lost. */
export function noteSent({ store }: SentContext, id: string, patch: FieldPatch): void {
  store.transaction(() => {
    const stored = store.issues.require(id);
    const sent = Object.entries(patch).flatMap(([field, value]) => {
      const edit = stored.edits[field];
      return edit === undefined ? [] : [[field, { ...edit, sent: value }] as const];
    });
    store.issues.put({ ...stored, edits: { ...stored.edits, ...Object.fromEntries(sent) } });
  });
}

/** Keeps the answers to what was sent. An edit of the meantime has not been refused. */
export function noteAnswer(
  { store, clock }: SentContext,
  id: string,
  patch: FieldPatch,
  refusals: readonly WriteFailure[],
): void {
  const stored = store.issues.require(id);
  const now = fieldsOf(stored.issue);
  const sent = { ...now, ...patch };
  const held = store.conflicts.open(id).map(({ field }) => field);
  const answered = Object.entries(stored.edits).map(([field, edit]) => {
    const { sent: _, ...known } = edit;
    return [field, Object.hasOwn(patch, field) ? known : edit] as const;
  });
  const edits = refusals.reduce<FieldEdits>((before, { fields, code, message, isRefusal }) => {
    if (!isRefusal) return before;
    const same = fields.filter((field) =>
      sameValue(field, now[field], sent[field]) && !held.includes(field)
    );
    return withFault(before, same, { code, message, at: clock.now() });
  }, Object.fromEntries(answered));
  store.issues.put({ ...stored, edits });
}

/** Lets edits that were refused be sent again. */
export function forgetFaults({ store }: SentContext): void {
  store.transaction(() => {
    for (const stored of store.issues.pending()) {
      if (refusedFields(stored.edits).length === 0) continue;
      store.issues.put({ ...stored, edits: withoutFaults(stored.edits) });
    }
  });
}

/** The failure of an issue that is gone, whose edits are not sent again. */
export function gone({ store, clock }: SentContext, id: string): TrackerError {
  return goneError(store, id, clock.now());
}

/** Keeps that an issue created here could not be made at the tracker. */
export function refuseDraft(
  { store, clock }: SentContext,
  localId: string,
  { code, message }: { readonly code: string; readonly message: string },
): void {
  store.transaction(() => {
    const stored = store.issues.require(localId);
    const fault = { code, message, at: clock.now() };
    store.issues.put({
      ...stored,
      edits: withFault(stored.edits, Object.keys(stored.edits), fault),
    });
  });
}
