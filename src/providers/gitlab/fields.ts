import { assignableAmong } from "../assignees.ts";
import { type IssueType, type NormalizedIssue, PRIORITY_WORDS } from "../../contract/issue.ts";
import type { Status } from "../../contract/issue.ts";
import {
  changedLabels,
  isClosed,
  type LabelsBefore,
  labelsBefore,
  labelsFor,
  statusNotMapped,
} from "../label_words.ts";
import type { IssueChange } from "../provider.ts";
import { rejected, tellRefused, unlessRefused } from "../remote.ts";
import type { WrittenIssue } from "./calls.ts";
import { bodyToSend, isTooLong, MAX_BODY_CHARACTERS } from "./issues.ts";
import type { GitLabIssue } from "./schemas.ts";
import { kindOf, typeLabelWord, WITHOUT_LABEL, type WrittenType, writtenType } from "./words.ts";
import type { Work } from "./work.ts";

/** Characters of a title at most, as GitLab has it. */
const MAX_TITLE_CHARACTERS = 255;

/** A person who is assigned. */
interface Assigned {
  readonly id: number;
  readonly username: string;
}

/** An issue as it is before it is written. */
export interface Before extends LabelsBefore {
  /** GitLab's kind of issue. */
  readonly kind: string;
  readonly status: Status;
  readonly type: IssueType;
  readonly assignees: readonly Assigned[];
  /** Whether it was closed as a duplicate of another issue: it stays that until it is opened again. */
  readonly isDuplicate: boolean;
  /** The name in the last line of the body. */
  readonly marker: string | null;
}

/** Returns what an issue that was just read is before it is written. */
export function beforeOf(issue: NormalizedIssue): Before {
  const { kind, marker, assignees, duplicate_of } = issue.provider_metadata;
  return {
    ...labelsBefore(issue),
    kind: typeof kind === "string" ? kind : "issue",
    status: issue.status,
    type: issue.issue_type,
    assignees: Array.isArray(assignees) ? assignees.flatMap(assignedIn) : [],
    isDuplicate: duplicate_of != null,
    marker: typeof marker === "string" ? marker : null,
  };
}

function assignedIn(one: unknown): readonly Assigned[] {
  return typeof one === "object" && one !== null && "id" in one && "username" in one &&
      typeof one.id === "number" && typeof one.username === "string"
    ? [{ id: one.id, username: one.username }]
    : [];
}

/** What a change writes in one call, and what the answer is held to. */
export interface FieldsToWrite {
  /** Empty when there is nothing to write. */
  readonly fields: WrittenIssue;
  /** The kind of issue that it is afterwards. */
  readonly kind: string;
  /** Whether it is to be opened before: GitLab closes nothing that is closed, for whatever it was. */
  readonly opensFirst: boolean;
}

/**
 * Returns the fields that a change writes in one call.
 *
 * @throws {ProviderError} `rejected` for what GitLab cannot hold; nothing was written then.
 */
export async function fieldsToWrite(
  work: Work,
  before: Before,
  change: IssueChange,
): Promise<FieldsToWrite> {
  if (Object.keys(change.custom_fields ?? {}).length > 0) {
    throw rejected("field_not_supported", "GitLab has no custom fields that are written from here");
  }
  const { title, body, issue_type } = change;
  const type: WrittenType = issue_type === undefined || issue_type === before.type
    ? {}
    : writtenType(issue_type, before.kind);
  const { status = before.status } = change;
  const labels = labelsToWrite(work, before, change, type.label, status);
  const wasClosed = isClosed(before.status);
  const opensFirst = before.isDuplicate && status !== before.status && isClosed(status);
  const fields: WrittenIssue = {
    ...(title === undefined ? {} : { title: requireTitle(title) }),
    ...(body === undefined ? {} : { description: requireRoom(bodyToSend(body, before.marker)) }),
    ...labels,
    ...await unlessRefused(
      work.access,
      () => assigneesToWrite(work, before, change.assignees),
    ),
    ...(type.kind === undefined ? {} : { issue_type: type.kind }),
    ...(isClosed(status) === wasClosed && !opensFirst
      ? {}
      : { state_event: isClosed(status) ? "close" as const : "reopen" as const }),
  };
  return { fields, kind: type.kind ?? before.kind, opensFirst };
}

/** Labels are added and taken away: what others do to the rest meanwhile stays. */
function labelsToWrite(
  { access: { statusWords } }: Work,
  before: Before,
  { labels, priority }: IssueChange,
  typeLabel: string | null | undefined,
  status: Status,
): Pick<WrittenIssue, "add_labels" | "remove_labels"> {
  const change = { labels, priority, typeLabel, typeWord: typeLabelWord, priorityLabel };
  const changed = changedLabels(before, change, statusWords);
  // Labels that say a status are left alone by what leaves the status.
  const after = status === before.status
    ? changed
    : labelsFor(status, changed, statusWords, WITHOUT_LABEL);
  if (after === null) throw statusNotMapped(status);
  const all = [...before.labels, ...before.hiddenLabels];
  const added = [...new Set(after)].filter((label) => !all.includes(label));
  const removed = all.filter((label) => !after.includes(label));
  const wrong = added.find((label) => label.includes(","));
  if (wrong !== undefined) {
    throw rejected("label_unknown", `GitLab has no label with a comma in it, such as "${wrong}"`);
  }
  return {
    ...(added.length === 0 ? {} : { add_labels: added }),
    ...(removed.length === 0 ? {} : { remove_labels: removed }),
  };
}

/** A label of a scope: an issue has one of those. */
function priorityLabel(priority: 1 | 2 | 3 | 4): string {
  return `priority::${PRIORITY_WORDS[priority]}`;
}

/** Nobody, as GitLab writes it. */
const NOBODY = 0;

async function assigneesToWrite(
  { access, calls: { places }, project }: Work,
  { assignees }: Before,
  wanted: readonly string[] | undefined,
): Promise<Pick<WrittenIssue, "assignee_ids">> {
  if (wanted === undefined) return {};
  const people = await assignableAmong(access, wanted, async (name) => {
    const folded = name.toLowerCase();
    const person = assignees.find(({ username }) => username.toLowerCase() === folded) ??
      await places.member(project, name);
    if (person !== null) return person.id;
    throw rejected("assignee_unknown", `"${name}" cannot be assigned to issues of the project`);
  });
  const ids = [...new Set(people)];
  const isSame = ids.length === assignees.length && assignees.every(({ id }) => ids.includes(id));
  return isSame ? {} : { assignee_ids: ids.length === 0 ? [NOBODY] : ids };
}

/**
 * Refuses an answer that lacks what was sent: GitLab leaves out without a word what the role or the plan does not allow.
 *
 * @throws {ProviderError} `rejected`.
 */
export function requireTaken(
  { access }: Work,
  sent: WrittenIssue,
  answer: GitLabIssue,
): void {
  const { add_labels = [], remove_labels = [], assignee_ids = [] } = sent;
  const people = new Set((answer.assignees ?? []).map(({ id }) => id));
  const left = [
    ...(add_labels.every((label) => answer.labels.includes(label)) &&
        !remove_labels.some((label) => answer.labels.includes(label))
      ? []
      : ["labels"]),
    ...(assignee_ids.every((id) => id === NOBODY ? people.size === 0 : people.has(id))
      ? []
      : ["assignees"]),
    ...(sent.issue_type === undefined || kindOf(answer) === sent.issue_type ? [] : ["type"]),
  ];
  if (left.length === 0) return;
  const words = `GitLab left out the ${left.join(" and ")}: the role of the credential, or the ` +
    "plan, does not allow them";
  const refusal = rejected("not_taken", words);
  // Everything else was written.
  if (left.length > 1 || !left.includes("assignees")) throw refusal;
  tellRefused(access, refusal);
}

function requireTitle(title: string): string {
  if ([...title].length <= MAX_TITLE_CHARACTERS) return title;
  const words = `A title has ${MAX_TITLE_CHARACTERS} characters at GitLab at most`;
  throw rejected("title_too_long", words);
}

function requireRoom(body: string): string {
  if (!isTooLong(body)) return body;
  const words = `A description has ${MAX_BODY_CHARACTERS} characters at GitLab at most`;
  throw rejected("body_too_long", words);
}

/**
 * Refuses a parent for what cannot have one at GitLab, before anything is written.
 *
 * @throws {ProviderError} `rejected`.
 */
export function requireChild(kind: string, { parent_ref }: IssueChange): void {
  if (parent_ref == null || kind === "task") return;
  const words = "At GitLab only a task is below an issue: set the type to subtask, too";
  throw rejected("not_taken", words);
}
