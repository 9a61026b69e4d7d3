import { assignableAmong } from "../assignees.ts";
import {
  type IssueType,
  type NormalizedIssue,
  PRIORITY_WORDS,
  type Status,
} from "../../contract/issue.ts";
import type { IssueChange } from "../provider.ts";
import {
  changedLabels,
  isClosed,
  type LabelsBefore,
  labelsBefore,
  statusNotMapped,
  typeWord,
} from "../label_words.ts";
import { rejected, tellRefused, unlessRefused } from "../remote.ts";
import type { WrittenIssue } from "./calls.ts";
import { bodyToSend, isTooLong, MAX_BODY_CHARACTERS } from "./issues.ts";
import type { GitHubIssue } from "./schemas.ts";
import { writtenStatus } from "./words.ts";
import type { Work } from "./work.ts";

/** Labels of an issue at most, as GitHub has it. */
const MAX_LABELS = 100;

/** An issue as it is before it is written. */
export interface Before extends LabelsBefore {
  /** `null` for one that is to be created. */
  readonly number: string | null;
  readonly status: Status;
  readonly type: IssueType;
  readonly assignees: readonly string[];
  /** The name in the last line of the body. */
  readonly marker: string | null;
}

/** Returns what an issue that was just read is before it is written. */
export function beforeOf(issue: NormalizedIssue): Before {
  const { marker } = issue.provider_metadata;
  return {
    ...labelsBefore(issue),
    number: issue.ref.id,
    status: issue.status,
    type: issue.issue_type,
    assignees: issue.assignees,
    marker: typeof marker === "string" ? marker : null,
  };
}

/**
 * Returns the fields that a change writes in one call; empty when there are none.
 *
 * @throws {ProviderError} `rejected` for what GitHub cannot hold; nothing was written then.
 */
export async function fieldsToWrite(
  work: Work,
  before: Before,
  change: IssueChange,
): Promise<WrittenIssue> {
  if (Object.keys(change.custom_fields ?? {}).length > 0) {
    throw rejected("field_not_supported", "GitHub has no custom fields that are written from here");
  }
  const type = await typeToWrite(work, before, change.issue_type);
  const status = change.status ?? before.status;
  const unstated = labelsToWrite(work, before, change, type.label);
  // Labels that say a status are left alone by what leaves the status.
  const isLeft = status === before.status && before.number !== null;
  const written = isLeft ? null : statusToWrite(work, unstated, status);
  const labels = unique(written?.labels ?? unstated);
  if (labels.length > MAX_LABELS) {
    throw rejected("too_many_labels", `An issue has ${MAX_LABELS} labels at GitHub at most`);
  }
  const assignees = await unlessRefused(
    work.access,
    () => assignable(work, before, change.assignees),
  );
  const { title, body } = change;
  return {
    ...(title === undefined ? {} : { title }),
    ...(body === undefined ? {} : { body: requireRoom(bodyToSend(body, before.marker)) }),
    ...(isSameSet(labels, [...before.labels, ...before.hiddenLabels]) ? {} : { labels }),
    ...(assignees === undefined ? {} : { assignees }),
    ...(type.name === undefined ? {} : { type: type.name }),
    ...(written === null || status === before.status
      ? {}
      : isClosed(status)
      ? { state: "closed", state_reason: written.state_reason }
      : isClosed(before.status)
      ? { state: "open" }
      : {}),
  };
}

/**
 * Refuses an answer that lacks what was sent: GitHub leaves out without a word what the credential may not set.
 *
 * @throws {ProviderError} `rejected`.
 */
export function requireTaken(
  { access }: Work,
  sent: WrittenIssue,
  answer: GitHubIssue,
): void {
  const people = (answer.assignees ?? []).map(({ login }) => login);
  const left = [
    ...(isSubset(sent.labels ?? [], answer.labels) ? [] : ["labels"]),
    ...(isSubset(sent.assignees ?? [], people) ? [] : ["assignees"]),
    ...(sent.type == null || answer.type?.name.toLowerCase() === sent.type.toLowerCase()
      ? []
      : ["type"]),
  ];
  if (left.length === 0) return;
  const words = `GitHub left out the ${left.join(" and ")}: the credential may not set them`;
  const refusal = rejected("not_taken", words);
  // Everything else was written.
  if (left.length > 1 || !left.includes("assignees")) throw refusal;
  tellRefused(access, refusal);
}

function statusToWrite({ access: { statusWords } }: Work, labels: readonly string[], to: Status) {
  const written = writtenStatus(to, labels, statusWords);
  if (written === null) throw statusNotMapped(to);
  return written;
}

/** Returns all labels but for what the status adds. */
function labelsToWrite(
  { access: { statusWords } }: Work,
  before: Before,
  { labels, priority }: IssueChange,
  typeLabel: string | null | undefined,
): readonly string[] {
  const priorityLabel = (to: 1 | 2 | 3 | 4) => `priority: ${PRIORITY_WORDS[to]}`;
  return changedLabels(
    before,
    { labels, priority, typeLabel, typeWord, priorityLabel },
    statusWords,
  );
}

/** How a type is written: by the name of an issue type of the organisation, or by a label; `undefined` leaves it. */
interface WrittenType {
  readonly name?: string | null;
  readonly label?: string | null;
}

async function typeToWrite(
  { session, calls, repository: { owner } }: Work,
  before: Before,
  wanted: IssueType | undefined,
): Promise<WrittenType> {
  if (wanted === undefined || wanted === before.type) return {};
  const names = owner.type === "User" ? [] : await session.issueTypes(calls, owner.login);
  if (names.length === 0) return { label: wanted === "task" ? null : wanted };
  const name = names.find((one) => typeWord(one) === wanted);
  if (name !== undefined) return { name };
  const words = `"${owner.login}" has no issue type for "${wanted}", only ${names.join(", ")}`;
  throw rejected("unsupported_type", words);
}

/** Returns those who are to be assigned, as far as GitHub says that they may be. */
async function assignable(
  { access, calls: { places }, name }: Work,
  { number, assignees }: Before,
  wanted: readonly string[] | undefined,
): Promise<readonly string[] | undefined> {
  const added = (wanted ?? []).filter((login) => !isSubset([login], assignees));
  if (added.length === 0) return wanted;
  const all = number === null ? await places.assignees(name) : null;
  return await assignableAmong(access, wanted ?? [], async (login) => {
    const mayBe = isSubset([login], assignees) ||
      (all === null
        ? await places.mayBeAssigned(name, number ?? "", login)
        : isSubset([login], all));
    if (mayBe) return login;
    throw rejected("assignee_unknown", `"${login}" cannot be assigned to issues of "${name}"`);
  });
}

function requireRoom(body: string): string {
  if (!isTooLong(body)) return body;
  const words = `A description has ${MAX_BODY_CHARACTERS} characters at GitHub at most`;
  throw rejected("body_too_long", words);
}

/** Labels and logins are the same in any case of letters. */
function isSubset(some: readonly string[], all: readonly string[]): boolean {
  const folded = new Set(all.map((one) => one.toLowerCase()));
  return some.every((one) => folded.has(one.toLowerCase()));
}

function isSameSet(one: readonly string[], other: readonly string[]): boolean {
  return isSubset(one, other) && isSubset(other, one);
}

function unique(labels: readonly string[]): readonly string[] {
  const seen = new Set<string>();
  return labels.filter((label) => {
    const folded = label.toLowerCase();
    return seen.has(folded) ? false : seen.add(folded);
  });
}
