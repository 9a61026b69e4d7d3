import type { StoredConflict } from "../store/conflicts.ts";
import type { RefusedEdit } from "../store/edits.ts";
import type { IssueStore } from "../store/issue_store.ts";
import { type IssueCounts, NO_ISSUES, type StoredIssue } from "../store/issues.ts";
import type { SyncRun } from "../store/runs.ts";
import { fieldsOf, SYNC_FIELDS, type SyncField } from "../sync/fields.ts";
import { pendingFields } from "../sync/pending_fields.ts";
import type { Side } from "../sync/side.ts";
import type { FieldChange, SkippedField } from "../sync/sync_report.ts";
import type { ProjectContext, SavedBinding } from "./backend.ts";
import { openCache } from "./cache.ts";

/** An issue as it is named to people. */
export interface NamedIssue {
  readonly id: string;
  /** Its key, else its id. */
  readonly key: string;
  readonly title: string;
}

/** An edit that waits, with its time (milliseconds since 1970); `null` where that is not known. */
export interface WaitingEdit extends FieldChange {
  readonly editedAt: number | null;
}

/** An issue of which the next push sends something. */
export interface WaitingIssue extends NamedIssue {
  /** It is only here. */
  readonly isNew: boolean;
  readonly edits: readonly WaitingEdit[];
}

/** An edit that was refused. Times are milliseconds since 1970. */
export interface RefusedEditState extends RefusedEdit, NamedIssue {
  readonly editedAt: number | null;
  readonly refusedAt: number | null;
}

/** A conflict that waits for a decision. */
export interface HeldConflict extends NamedIssue {
  readonly conflict: StoredConflict;
}

/** What waits here for the next sync, and how old it is. */
export interface SyncState {
  readonly binding: SavedBinding;
  /** What a push would send. */
  readonly pending: readonly WaitingIssue[];
  readonly held: readonly HeldConflict[];
  readonly refused: readonly RefusedEditState[];
  /** Fields that a push would list instead of sending: the tracker cannot take them. */
  readonly skipped: readonly SkippedField[];
  readonly cached: IssueCounts;
  readonly lastSync: SyncRun | null;
  /** When a pull last came to its end (milliseconds since 1970); `null` before the first one. */
  readonly pulledAt: number | null;
  /** Every change of the tracker up to this time (ISO 8601) is here. */
  readonly updatedSince: string | null;
}

/** How many things wait here. An issue with several edits can be in several of them. */
export interface WaitingCounts {
  /** Issues of which a push sends something. */
  readonly pending: number;
  /** Conflicts to decide. */
  readonly held: number;
  /** Issues of which an edit was refused. */
  readonly refused: number;
  /** Issues with edits that the tracker cannot take. */
  readonly stayHere: number;
}

/** Counts what waits here, as all that shows it does. */
export function waitingCounts(
  { pending, held, refused, skipped }: Waiting,
): WaitingCounts {
  const distinct = (ids: readonly string[]) => new Set(ids).size;
  return {
    pending: pending.length,
    held: held.length,
    refused: distinct(refused.map(({ id }) => id)),
    stayHere: distinct(skipped.map(({ id }) => id)),
  };
}

/**
 * Reads from the cache what waits here. Sends nothing, asks no host and starts no tool.
 *
 * @throws {TrackerError} what `openCache` throws.
 */
export async function readSyncState(
  project: Pick<ProjectContext, "platform" | "root">,
): Promise<SyncState> {
  const { binding, store: opened, side } = await openCache(project);
  using store = opened;
  return {
    binding,
    ...store === null ? NOTHING : await waitingIn(store, side),
    cached: store?.counts() ?? NO_ISSUES,
    lastSync: store?.runs.last() ?? null,
    pulledAt: store?.pulledAt() ?? null,
    updatedSince: store?.checkpoint()?.updatedSince ?? null,
  };
}

/** What waits in a cache. */
export type Waiting = Pick<SyncState, "pending" | "held" | "refused" | "skipped">;

const NOTHING: Waiting = { pending: [], held: [], refused: [], skipped: [] };

/**
 * Reads what waits in a cache. `side` is asked where something does; it returns what the other side can take, `null` where
 * that is not known.
 */
export async function waitingIn(
  store: IssueStore,
  side: () => Promise<Pick<Side, "refusal"> | null>,
): Promise<Waiting> {
  const waiting = store.issues.pending();
  const refusal = waiting.length === 0 ? undefined : (await side())?.refusal;
  const takes: Pick<Side, "refusal"> = {
    refusal: (...asked) => refusal?.(...asked) ?? null,
  };
  const parts = waiting.map((one) => partsOf(store, takes, one));
  return {
    pending: parts.flatMap(({ pending }) => pending ?? []),
    held: store.conflicts.open().map((conflict) => ({
      ...nameOf(store.issues.load(conflict.issueId), conflict.issueId),
      conflict,
    })),
    refused: parts.flatMap(({ refused }) => refused),
    skipped: parts.flatMap(({ skipped }) => skipped),
  };
}

/** What waits of one issue. */
interface Parts {
  readonly pending: WaitingIssue | null;
  readonly refused: readonly RefusedEditState[];
  readonly skipped: readonly SkippedField[];
}

function partsOf(store: IssueStore, side: Pick<Side, "refusal">, stored: StoredIssue): Parts {
  const { issue, base, edits } = stored;
  const name = nameOf(stored, issue.ref.id);
  const refused = SYNC_FIELDS.flatMap((field): RefusedEditState[] => {
    const { at, fault } = edits[field] ?? {};
    if (fault === undefined) return [];
    const { code, message } = fault;
    const wanted = fieldsOf(issue)[field];
    return [{
      ...name,
      ...{ field, wanted, code, message },
      editedAt: at ?? null,
      refusedAt: fault.at,
    }];
  });
  const sorted = pendingFields({ store, side }, stored);
  const fields = base !== null
    ? sorted.writable
    // What was refused of an issue that is only here is all of it.
    : refused.length > 0
    ? []
    : SYNC_FIELDS.filter((field) => edits[field] !== undefined);
  const before = base === null ? null : fieldsOf(base);
  const wanted = fieldsOf(issue);
  const changes = fields.map((field: SyncField): WaitingEdit => ({
    field,
    from: before?.[field] ?? null,
    to: wanted[field],
    editedAt: edits[field]?.at ?? null,
  }));
  return {
    pending: changes.length === 0 ? null : { ...name, isNew: base === null, edits: changes },
    refused,
    skipped: sorted.refused.map(({ field, reason }) => ({
      id: name.key,
      title: name.title,
      field,
      reason,
    })),
  };
}

function nameOf(stored: StoredIssue | null, id: string): NamedIssue {
  return { id, key: stored?.issue.ref.key ?? id, title: stored?.issue.title ?? "" };
}
