import { type NormalizedIssue, type Status, STATUSES } from "../contract/issue.ts";
import type { Mapping } from "../contract/results.ts";
import { isoTime } from "../platform/clock.ts";
import type { StoredConflict } from "../store/conflicts.ts";
import type { RefusedEdit } from "../store/edits.ts";
import type { IssueStore } from "../store/issue_store.ts";
import type { IssueCounts } from "../store/issues.ts";
import type { SyncRun } from "../store/runs.ts";
import { type IssueView as IssueWaiting, isToPush, waitingIssues } from "../sync/issue_view.ts";
import type { Side } from "../sync/side.ts";
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
  /** What its edits wait for besides decisions: a push, or nothing, since the tracker cannot take them. */
  readonly edited: "to push" | "stays here" | null;
  /** What was refused, such as "done refused". */
  readonly refused: readonly string[];
  /** Fields whose conflict waits for a decision. */
  readonly held: readonly string[];
}

/** What the page shows of the cache beside its issues. */
export interface CacheView {
  readonly counts: IssueCounts;
  /** Issues of which the next push sends something. */
  readonly to_push: number;
  /** Issues with edits that the tracker cannot take, so that no push sends them. */
  readonly stay_here: number;
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
export function cacheView(store: IssueStore, side: Side | null): CacheView {
  const waiting = [...waitingIssues(store, side).values()];
  return {
    counts: store.counts(),
    to_push: waiting.filter(isToPush).length,
    stay_here: waiting.filter(({ unwritable }) => unwritable.length > 0).length,
    syncs: store.runs.list(SYNCS_SHOWN).map(syncView),
    mappings: store.mappings.list().slice(0, MAPPINGS_SHOWN).map((one) => mappingView(store, one)),
    conflicts: store.conflicts.list(CONFLICTS_SHOWN).map((one) => conflictView(store, one)),
    open_conflicts: store.conflicts.openCount(),
  };
}

/** Reads the issues that pass a query, last changed first. */
export function issuesView(store: IssueStore, side: Side | null, query: IssueQuery): IssuesView {
  const { text, status, limit } = query;
  const found = store.list({
    text,
    limit: limit + 1,
    ...(status === null ? {} : { status: status === "open" ? OPEN_STATUSES : [status] }),
  });
  const shown = found.slice(0, limit);
  const waiting = waitingIssues(store, side, shown.map(({ ref }) => ref.id));
  const held = Map.groupBy(store.conflicts.open(), ({ issueId }) => issueId);
  return {
    issues: shown.map((issue) =>
      issueView(issue, waiting.get(issue.ref.id) ?? null, held.get(issue.ref.id) ?? [])
    ),
    more: found.length > limit,
  };
}

function issueView(
  issue: NormalizedIssue,
  waiting: IssueWaiting | null,
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
    edited: waiting === null ? null : editedWords(waiting),
    refused: (waiting?.refused ?? []).map(refusedWords),
    held: held.map(({ field }) => `${fieldWords(field)} to decide`),
  };
}

function editedWords(waiting: IssueWaiting): IssueView["edited"] {
  if (isToPush(waiting)) return "to push";
  return waiting.unwritable.length > 0 ? "stays here" : null;
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
  const { external_id: id, external_url: url } = mapping;
  const found = store.names.addressOf(id);
  return {
    work_package: visible(mapping.wp_id),
    issue: visibleStart(mapping.external_key ?? id, 60),
    system: visible(mapping.system),
    handle: found === null ? null : handleOf({ id }),
    link: webLink(url ?? found?.url ?? undefined),
  };
}

function conflictView(store: IssueStore, conflict: StoredConflict): ConflictView {
  const issue = store.names.withId(conflict.issueId);
  return {
    id: conflict.id,
    issue: visibleStart(issue?.key ?? conflict.issueId, 60),
    handle: issue === null ? null : handleOf(issue),
    field: fieldWords(conflict.field),
    ours: valueWords(conflict.ours, conflict.field),
    theirs: valueWords(conflict.theirs, conflict.field),
    taken: conflict.taken,
    detected_at: isoTime(conflict.detectedAt),
  };
}
