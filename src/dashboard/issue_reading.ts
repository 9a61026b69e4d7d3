import {
  type ExternalRef,
  type IssueLink,
  type NormalizedIssue,
  PRIORITY_WORDS,
  type Status,
} from "../contract/issue.ts";
import { type IssueView as Waiting, sendableFields, viewIssue } from "../sync/issue_view.ts";
import type { Side } from "../sync/side.ts";
import type { FieldChange } from "../sync/sync_report.ts";
import { isoTime } from "../platform/clock.ts";
import type { StoredConflict } from "../store/conflicts.ts";
import type { IssueStore } from "../store/issue_store.ts";
import { type MarkdownView, markdownView } from "../pages/markdown.ts";
import { fieldWords, valueWords } from "./value_words.ts";
import { visibleStart } from "../pages/visible.ts";
import { type WebLink, webLink } from "../pages/web_link.ts";

/** What the page shows of an issue wherever it is; every text is fit to be shown. */
export interface IssueSummary {
  /** Asks for all of it. */
  readonly handle: string;
  readonly key: string;
  readonly title: string;
  readonly status: Status;
  readonly type: string;
  readonly assignees: readonly string[];
  readonly labels: readonly string[];
  /** `null` where the tracker tells no time. */
  readonly updated_at: string | null;
}

/** One issue with all that the page shows of it. */
export interface IssueDetail extends IssueSummary {
  readonly priority: string;
  readonly parent: NamedIssue | null;
  readonly links: readonly { readonly type: string; readonly issue: NamedIssue }[];
  /** `null` where the tracker tells no time. */
  readonly created_at: string | null;
  /** Where it is at its tracker; `null` without an address that leads there. */
  readonly link: WebLink | null;
  /** It was made here and is not at the tracker yet. */
  readonly is_new: boolean;
  /** Edits that the next push sends. */
  readonly waiting: readonly WaitingView[];
  /** Edits that the tracker cannot take, so that no push sends them. */
  readonly staying: readonly StayingView[];
  readonly refused: readonly RefusedView[];
  /** Conflicts that wait for a decision. */
  readonly conflicts: readonly HeldView[];
  readonly body: MarkdownView | null;
}

/** An issue that another one points to. */
export interface NamedIssue {
  readonly key: string;
  /** Asks for it; `null` when it is not in the cache. */
  readonly handle: string | null;
}

/** An edit that waits, with the value that was last seen at the tracker. */
export interface WaitingView {
  readonly field: string;
  readonly from: string;
  readonly to: string;
}

/** An edit that the tracker cannot take. */
export interface StayingView extends WaitingView {
  readonly reason: string;
}

/** A refused edit with its reason. */
export interface RefusedView {
  readonly field: string;
  readonly wanted: string;
  readonly reason: string;
}

/** A conflict that a person has to decide. */
export interface HeldView {
  readonly id: number;
  readonly field: string;
  readonly base: string;
  readonly ours: string;
  readonly theirs: string;
  readonly detected_at: string;
}

const MOST_NAMES = 50;
const MOST_LINKS = 100;
const REASON_LENGTH = 500;

/** What the page asks for an issue with: its id, fit for an address. */
export function handleOf({ id }: Pick<ExternalRef, "id">): string {
  return encodeURIComponent(id.toWellFormed());
}

/** Reads one issue by its very id; `null` when it is not in the cache. */
export function issueDetail(store: IssueStore, side: Side | null, id: string): IssueDetail | null {
  if (store.names.withId(id) === null) return null;
  const view = viewIssue(store, id, side);
  const { issue } = view;
  const named = (ref: ExternalRef) => namedIssue(store, ref);
  return {
    handle: handleOf(issue.ref),
    key: visibleStart(issue.ref.key ?? issue.ref.id, 40),
    title: visibleStart(issue.title, 1_000),
    status: issue.status,
    type: issue.issue_type,
    priority: PRIORITY_WORDS[issue.priority],
    assignees: issue.assignees.slice(0, MOST_NAMES).map((name) => visibleStart(name, 100)),
    labels: issue.labels.slice(0, MOST_NAMES).map((name) => visibleStart(name, 100)),
    parent: issue.parent_ref === null ? null : named(issue.parent_ref),
    links: issue.links.slice(0, MOST_LINKS).map(({ type, ref }: IssueLink) => ({
      type: type.replaceAll("_", " "),
      issue: named(ref),
    })),
    created_at: toldTime(issue.created_at),
    updated_at: toldTime(issue.updated_at),
    link: webLink(issue.ref.url),
    is_new: view.isNew,
    waiting: waitingOf(view),
    staying: stayingOf(view),
    refused: view.refused.map(({ field, wanted, message }) => ({
      field: fieldWords(field),
      wanted: valueWords(wanted, field),
      reason: visibleStart(message, REASON_LENGTH),
    })),
    conflicts: view.conflicts.map(heldView),
    body: bodyOf(issue),
  };
}

function bodyOf({ body }: NormalizedIssue): MarkdownView | null {
  return body === null || body.trim() === "" ? null : markdownView(body);
}

function namedIssue(store: IssueStore, ref: ExternalRef): NamedIssue {
  const found = store.names.withId(ref.id);
  return {
    key: visibleStart(ref.key ?? found?.key ?? ref.id, 60),
    handle: found === null ? null : handleOf(ref),
  };
}

function waitingOf(view: Waiting): WaitingView[] {
  const sent: readonly string[] = sendableFields(view);
  return view.pending.filter(({ field }) => sent.includes(field)).map(changeView);
}

function stayingOf({ pending, unwritable }: Waiting): StayingView[] {
  return unwritable.flatMap(({ field, reason }) =>
    pending.filter((change) => change.field === field).map((change) => ({
      ...changeView(change),
      reason: visibleStart(reason, REASON_LENGTH),
    }))
  );
}

function changeView({ field, from, to }: FieldChange): WaitingView {
  return { field: fieldWords(field), from: valueWords(from, field), to: valueWords(to, field) };
}

function heldView({ id, field, base, ours, theirs, detectedAt }: StoredConflict): HeldView {
  return {
    id,
    field: fieldWords(field),
    base: valueWords(base, field),
    ours: valueWords(ours, field),
    theirs: valueWords(theirs, field),
    detected_at: isoTime(detectedAt),
  };
}

/** Times before 1971 stand for an unknown time. */
export function toldTime(time: string): string | null {
  const at = Date.parse(time);
  return Number.isNaN(at) || at < FIRST_TOLD ? null : time;
}

const FIRST_TOLD = Date.parse("1971-01-01T00:00:00Z");
