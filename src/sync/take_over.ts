import type { NormalizedIssue } from "../contract/issue.ts";
import { isoTime } from "../platform/clock.ts";
import { basename } from "../platform/paths.ts";
import type { FieldEdit } from "../store/edits.ts";
import type { IssueStore } from "../store/issue_store.ts";
import type { StoredIssue } from "../store/issues.ts";
import { mergeParts } from "./merge.ts";
import {
  type FieldPatch,
  fieldsOf,
  type FieldValues,
  pickFields,
  sameValue,
  SYNC_FIELDS,
  type SyncField,
  withFields,
} from "./fields.ts";

/** What could not be taken over beside what is there. */
export interface TakenOver {
  /** Issues with edits, mappings and conflicts that came over. */
  readonly edits: number;
  readonly mappings: number;
  /** Mappings that contradict one that is there, as `WP01 = bd-1`. */
  readonly refusedMappings: readonly string[];
}

/**
 * Takes what a cache holds that exists nowhere else (edits, mappings, conflicts, former ids) into another cache of the
 * same database, in one transaction that also notes it. Where both have edited a field of an issue, sets and texts are
 * merged; of other values the later edit is kept, and the other is in the record of conflicts. The next pull lists everything.
 */
export function takeOver(from: IssueStore, to: IssueStore, path: string, now: number): TakenOver {
  return from.transaction(() =>
    to.transaction(() => {
      const pending = from.issues.pending();
      for (const [localId, id] of from.issues.aliases()) to.issues.alias(localId, id);
      for (const conflict of from.conflicts.list().toReversed()) to.conflicts.copy(conflict);
      for (const stored of pending) {
        const there = to.issues.load(stored.issue.ref.id);
        to.issues.put(there === null ? stored : bothEdits(to, there, stored, now));
      }
      for (const request of from.pushes.openCreates()) to.pushes.keepCreates(request, now);
      const mappings = from.mappings.list();
      const refusedMappings = mappings.flatMap(({ created_at, updated_at, ...mapping }) => {
        const at = updated_at ?? created_at ?? isoTime(now);
        const { kind } = to.mappings.add(mapping, at);
        const isThere = kind === "added" || kind === "kept";
        return isThere ? [] : [`${mapping.wp_id} = ${mapping.external_key ?? mapping.external_id}`];
      });
      to.checkpoints.clear();
      to.checkpoints.noteTakenOver(basename(path));
      return {
        edits: pending.length,
        mappings: mappings.length - refusedMappings.length,
        refusedMappings,
      };
    })
  );
}

/** Returns an issue with the edits of both caches; what has to give way is recorded as a conflict. */
function bothEdits(
  to: IssueStore,
  ours: StoredIssue,
  theirs: StoredIssue,
  now: number,
): StoredIssue {
  let { issue, base, seenAt } = ours;
  const edits: Record<string, FieldEdit> = { ...ours.edits };
  for (const field of SYNC_FIELDS) {
    const [mine, other] = [ours.edits[field], theirs.edits[field]];
    if (other === undefined) continue;
    const isSame = sameField(field, ours.issue, theirs.issue);
    const isLater = mine === undefined || other.at > mine.at;
    const both = mine === undefined || isSame ? null : mergedEdits(field, ours, theirs);
    if (mine !== undefined && both !== null) {
      issue = withFields(issue, both);
      edits[field] = isLater ? other : mine;
      continue;
    }
    if (mine !== undefined && !isSame) {
      const [kept, lost] = isLater ? [theirs, ours] : [ours, theirs];
      // One that is held stays so: what the tracker has is still to be decided on.
      to.conflicts.keep({
        issueId: issue.ref.id,
        field,
        reason: "both_changed",
        base: valueOf(field, kept.base),
        ours: valueOf(field, kept.issue),
        theirs: valueOf(field, lost.issue),
        times: {
          ours: isLater ? other.at : mine.at,
          theirs: isLater ? mine.at : other.at,
          seen: null,
        },
        taken: "ours",
      }, now);
    }
    if (!isLater) continue;
    issue = withFields(issue, pickFields(fieldsOf(theirs.issue), [field]));
    // The value that the edit was made on comes with it: the next reading shows what the tracker did since.
    base = base === null || theirs.base === null
      ? base
      : withFields(base, pickFields(fieldsOf(theirs.base), [field]));
    seenAt = earlier(seenAt, theirs.seenAt);
    edits[field] = other;
  }
  return { issue, base, edits, seenAt };
}

/** Returns what two edits of one value come to: sets and texts apart are merged; `null` where one has to give way. */
function mergedEdits(field: SyncField, ours: StoredIssue, theirs: StoredIssue): FieldPatch | null {
  if (ours.base === null || theirs.base === null) return null;
  if (!sameField(field, ours.base, theirs.base)) return null;
  const [base, mine, other] = [ours.base, ours.issue, theirs.issue].map(fieldsOf);
  if (base === undefined || mine === undefined || other === undefined) return null;
  // The tool may hold one assignee only.
  return mergeParts(field, base, mine, other, { silent: [], single: ["assignees"] });
}

/** The earlier of two times; unknown when one of them is. */
function earlier(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : Math.min(a, b);
}

function sameField(field: SyncField, a: NormalizedIssue, b: NormalizedIssue): boolean {
  return sameValue(field, fieldsOf(a)[field], fieldsOf(b)[field]);
}

function valueOf(field: SyncField, issue: NormalizedIssue | null): FieldValues[SyncField] | null {
  return issue === null ? null : fieldsOf(issue)[field];
}
