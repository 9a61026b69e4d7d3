import type { NormalizedIssue } from "../contract/issue.ts";
import { isoTime } from "../platform/clock.ts";
import { withoutFaults } from "../store/edits.ts";
import { absorb, type AbsorbContext } from "./absorb.ts";
import { fieldsOf, pickFields, SYNC_FIELDS, withFields } from "./fields.ts";
import type { SyncStore } from "./store.ts";

/** What has to be known to give an issue created here its identity at the other side. */
export type AdoptContext = AbsorbContext & { readonly store: SyncStore };

/**
 * Moves an issue created here, and all that names it, to the identity it has got. What was said of it here and
 * is not so at the other side yet stays as edits; the rest is the other side's. Runs inside the caller's transaction.
 */
export function adopt(
  context: AdoptContext,
  localId: string,
  base: NormalizedIssue,
  fresh: NormalizedIssue,
): void {
  const { store, now } = context;
  const { issue, edits } = store.issues.require(localId);
  const { id } = fresh.ref;
  const said = SYNC_FIELDS.filter((field) => edits[field] !== undefined);
  const sentBefore = Object.entries(edits).map(([field, { sent: _, ...edit }]) =>
    [field, { ...edit, made: true as const }] as const
  );
  const { stored } = absorb(context, {
    issue: withFields(base, pickFields(fieldsOf(issue), said)),
    base,
    edits: withoutFaults(Object.fromEntries(sentBefore)),
    seenAt: null,
  }, fresh);
  store.issues.adopt(localId, stored);
  store.conflicts.rename(localId, id);
  store.mappings.rename(localId, id, isoTime(now));
  for (const other of store.issues.pendingNaming(localId)) {
    const renamed = withReference(other.issue, localId, fresh.ref);
    if (renamed === other.issue) continue;
    store.issues.put({ ...other, issue: renamed, edits: withoutFaults(other.edits) });
  }
}

/** Returns whether the parent of an issue is not at the other side yet. */
export function waitsForParent({ issues }: SyncStore, { ref }: NormalizedIssue): boolean {
  const parent = issues.load(ref.id)?.issue.parent_ref ?? null;
  return parent !== null && issues.load(parent.id)?.base === null;
}

function withReference(
  issue: NormalizedIssue,
  localId: string,
  ref: NormalizedIssue["ref"],
): NormalizedIssue {
  const isParent = issue.parent_ref?.id === localId;
  const isLinked = issue.links.some((link) => link.ref.id === localId);
  if (!isParent && !isLinked) return issue;
  return {
    ...issue,
    parent_ref: isParent ? ref : issue.parent_ref,
    links: issue.links.map((link) => link.ref.id === localId ? { ...link, ref } : link),
  };
}
