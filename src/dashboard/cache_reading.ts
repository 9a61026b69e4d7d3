import { type NormalizedIssue, type Status, STATUSES } from "../contract/issue.ts";
import type { Mapping } from "../contract/results.ts";
import { isoTime } from "../platform/clock.ts";
import type { StoredConflict } from "../store/conflicts.ts";
import type { RefusedEdit } from "../store/edits.ts";
import type { IssueStore } from "../store/issue_store.ts";
import type { IssueCounts } from "../store/issues.ts";
import type { SyncRun } from "../store/runs.ts";
import { loggedFacts } from "../tracker/sync_counts.ts";
import { handleOf, type IssueSummary, toldTime } from "./issue_reading.ts";
import { fieldWords, valueWords } from "./value_words.ts";
import { visible, visibleStart } from "../pages/visible.ts";
import { type WebLink, webLink } from "../pages/web_link.ts";

/** Which cached issues the page asks for. */
export interface IssueQuery {
  readonly text: string;
  readonly status: Status | "open" | null;
  readonly limit: number;
}

/** Issues as the page shows them. */
export interface IssuesView {
  readonly issues: readonly IssueView[];
  /** Whether more pass the query. */
  readonly more: boolean;
}

/** One issue as the page lists it. */
export interface IssueView extends IssueSummary {
  readonly priority: number;
  /** Whether it has edits that wait for a push. */
  readonly edited: boolean;
  /** What was refused, such as "done refused". */
  readonly refused: readonly string[];
  /** Fields whose conflict waits for a decision. */
  readonly held: readonly string[];
}

/** What the page shows of the cache beside its issues. */
export interface CacheView {
  readonly counts: IssueCounts;
  readonly syncs: readonly SyncView[];
  readonly mappings: readonly MappingView[];
  readonly conflicts: readonly ConflictView[];
  readonly open_conflicts: number;
}

/** A finished sync. */
export interface SyncView {
  readonly kind: string;
  readonly outcome: string;
  readonly started_at: string;
  readonly finished_at: string;
  /** What it did, such as "12 unchanged". */
  readonly facts: readonly string[];
}

/** A work package and its issue. */
export interface MappingView {
  readonly work_package: string;
  readonly issue: string;
  readonly system: string;
  /** Asks for the issue; `null` when it is not in the cache. */
  readonly handle: string | null;
  /** Where it is at its tracker; `null` without an address that leads there. */
  readonly link: WebLink | null;
}

/** A field that both sides changed. */
export interface ConflictView {
  readonly id: number;
  readonly issue: string;
  /** Asks for the issue; `null` when it is not in the cache. */
  readonly handle: string | null;
  readonly field: string;
  readonly ours: string;
  readonly theirs: string;
  /** `null` while it is open. */
  readonly taken: string | null;
  readonly detected_at: string;
}

const SYNCS_SHOWN = 6;
const CONFLICTS_SHOWN = 50;
const MAPPINGS_SHOWN = 200;
const TITLE_LENGTH = 300;
const OPEN_STATUSES = STATUSES.filter((name) => name !== "done" && name !== "canceled");

/** Reads what the page shows of a cache beside its issues. */
export function cacheView(store: IssueStore): CacheView {
  const conflicts = store.conflicts.list();
  return {
    counts: store.counts(),
    syncs: store.runs.list(SYNCS_SHOWN).map(syncView),
    mappings: store.mappings.list().slice(0, MAPPINGS_SHOWN).map((one) => mappingView(store, one)),
    conflicts: conflicts.slice(0, CONFLICTS_SHOWN).map((one) => conflictView(store, one)),
    open_conflicts: conflicts.filter((one) => one.taken === null).length,
  };
}

/** Reads the issues that pass a query, last changed first. */
export function issuesView(store: IssueStore, query: IssueQuery): IssuesView {
  const { text, status, limit } = query;
  const found = store.list({
    text,
    limit: limit + 1,
    ...(status === null ? {} : { status: status === "open" ? OPEN_STATUSES : [status] }),
  });
  const pending = store.counts().pending === 0
    ? new Set<string>()
    : new Set(store.issues.pending().map(({ issue }) => issue.ref.id));
  const refused = pending.size === 0 ? [] : store.issues.refused();
  const held = store.conflicts.open();
  return {
    issues: found.slice(0, limit).map((issue) => issueView(issue, pending, refused, held)),
    more: found.length > limit,
  };
}

function issueView(
  issue: NormalizedIssue,
  pending: ReadonlySet<string>,
  refused: readonly RefusedEdit[],
  held: readonly StoredConflict[],
): IssueView {
  const { ref } = issue;
  return {
    handle: handleOf(ref),
    key: visibleStart(ref.key ?? ref.id, 40),
    title: visibleStart(issue.title, TITLE_LENGTH),
    status: issue.status,
    type: issue.issue_type,
    priority: issue.priority,
    assignees: issue.assignees.slice(0, 5).map((name) => visibleStart(name, 60)),
    labels: issue.labels.slice(0, 8).map((name) => visibleStart(name, 40)),
    updated_at: toldTime(issue.updated_at),
    edited: pending.has(ref.id),
    refused: refused.filter(({ id }) => id === ref.id).map(refusedWords),
    held: held.filter(({ issueId }) => issueId === ref.id)
      .map(({ field }) => `${fieldWords(field)} to decide`),
  };
}

/** The status that was refused by its name, another field by its own. */
function refusedWords({ field, wanted }: RefusedEdit): string {
  const what = field === "status" && typeof wanted === "string" ? wanted : field;
  return `${fieldWords(what)} refused`;
}

function syncView({ kind, outcome, startedAt, finishedAt, counts }: SyncRun): SyncView {
  return {
    kind,
    outcome,
    started_at: isoTime(startedAt),
    finished_at: isoTime(finishedAt),
    facts: loggedFacts(kind, counts).map((fact) => visibleStart(fact, 60)),
  };
}

function mappingView(store: IssueStore, mapping: Mapping): MappingView {
  const found = store.issues.load(mapping.external_id);
  return {
    work_package: visible(mapping.wp_id),
    issue: visibleStart(mapping.external_key ?? mapping.external_id, 60),
    system: visible(mapping.system),
    handle: found === null ? null : handleOf(found.issue.ref),
    link: webLink(mapping.external_url ?? found?.issue.ref.url),
  };
}

function conflictView(store: IssueStore, conflict: StoredConflict): ConflictView {
  const issue = store.get(conflict.issueId);
  return {
    id: conflict.id,
    issue: visibleStart(issue?.ref.key ?? conflict.issueId, 60),
    handle: issue === null ? null : handleOf(issue.ref),
    field: fieldWords(conflict.field),
    ours: valueWords(conflict.ours, conflict.field),
    theirs: valueWords(conflict.theirs, conflict.field),
    taken: conflict.taken,
    detected_at: isoTime(conflict.detectedAt),
  };
}
