import { type NormalizedIssue, type Status, STATUSES } from "../contract/issue.ts";
import type { Mapping } from "../contract/results.ts";
import { isoTime } from "../platform/clock.ts";
import type { StoredConflict } from "../store/conflicts.ts";
import type { RefusedEdit } from "../store/edits.ts";
import type { IssueStore } from "../store/issue_store.ts";
import type { IssueCounts } from "../store/issues.ts";
import type { SyncRun } from "../store/runs.ts";
import { visible, visibleStart } from "./visible.ts";

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

/** One issue as the page shows it; every text is fit to be shown. */
export interface IssueView {
  readonly id: string;
  readonly key: string;
  readonly title: string;
  readonly status: Status;
  readonly type: string;
  readonly priority: number;
  readonly assignees: readonly string[];
  readonly labels: readonly string[];
  readonly updated_at: string;
  /** Where it is at its tracker, `http` or `https`; `null` when it says nothing of the kind. */
  readonly url: string | null;
  /** Whether it has edits that wait for a push. */
  readonly edited: boolean;
  /** What was refused, such as "done refused". */
  readonly refused: readonly string[];
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
  readonly counts: Readonly<Record<string, number>>;
}

/** A work package and its issue. */
export interface MappingView {
  readonly work_package: string;
  readonly issue: string;
  readonly system: string;
  readonly url: string | null;
}

/** A field that both sides changed. */
export interface ConflictView {
  readonly id: number;
  readonly issue: string;
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
const VALUE_LENGTH = 160;
const OPEN_STATUSES = STATUSES.filter((name) => name !== "done" && name !== "canceled");

/** Reads what the page shows of a cache beside its issues. */
export function cacheView(store: IssueStore): CacheView {
  const conflicts = store.conflicts.list();
  return {
    counts: store.counts(),
    syncs: store.runs.list(SYNCS_SHOWN).map(syncView),
    mappings: store.mappings.list().slice(0, MAPPINGS_SHOWN).map(mappingView),
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
  return {
    issues: found.slice(0, limit).map((issue) => issueView(issue, pending, refused)),
    more: found.length > limit,
  };
}

function issueView(
  issue: NormalizedIssue,
  pending: ReadonlySet<string>,
  refused: readonly RefusedEdit[],
): IssueView {
  const { ref } = issue;
  return {
    id: visible(ref.id),
    key: visibleStart(ref.key ?? ref.id, 40),
    title: visibleStart(issue.title, TITLE_LENGTH),
    status: issue.status,
    type: issue.issue_type,
    priority: issue.priority,
    assignees: issue.assignees.slice(0, 5).map((name) => visibleStart(name, 60)),
    labels: issue.labels.slice(0, 8).map((name) => visibleStart(name, 40)),
    updated_at: issue.updated_at,
    url: webAddress(ref.url),
    edited: pending.has(ref.id),
    refused: refused.filter(({ id }) => id === ref.id).map(refusedWords),
  };
}

/** The status that was refused by its name, another field by its own. */
function refusedWords({ field, wanted }: RefusedEdit): string {
  const what = field === "status" && typeof wanted === "string" ? wanted : field;
  return `${visible(what.replaceAll("_", " "))} refused`;
}

function syncView({ kind, outcome, startedAt, finishedAt, counts }: SyncRun): SyncView {
  return {
    kind,
    outcome,
    started_at: isoTime(startedAt),
    finished_at: isoTime(finishedAt),
    counts: Object.fromEntries(
      Object.entries(counts).map(([name, count]) => [visibleStart(name, 40), count]),
    ),
  };
}

function mappingView(mapping: Mapping): MappingView {
  return {
    work_package: visible(mapping.wp_id),
    issue: visibleStart(mapping.external_key ?? mapping.external_id, 60),
    system: visible(mapping.system),
    url: webAddress(mapping.external_url),
  };
}

function conflictView(store: IssueStore, conflict: StoredConflict): ConflictView {
  const issue = store.get(conflict.issueId);
  return {
    id: conflict.id,
    issue: visibleStart(issue?.ref.key ?? conflict.issueId, 60),
    field: visible(conflict.field),
    ours: valueWords(conflict.ours),
    theirs: valueWords(conflict.theirs),
    taken: conflict.taken,
    detected_at: isoTime(conflict.detectedAt),
  };
}

function valueWords(value: unknown): string {
  if (value === null || value === undefined || value === "") return "(empty)";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return visibleStart(text, VALUE_LENGTH);
}

/** A link is offered only to where a browser goes by itself: never to code in an address. */
function webAddress(url: string | null | undefined): string | null {
  if (url == null || !URL.canParse(url)) return null;
  const { protocol, href } = new URL(url);
  return protocol === "https:" || protocol === "http:" ? href : null;
}
