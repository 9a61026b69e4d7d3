import type { IssueType, Status } from "../../contract/issue.ts";
import { labelledStatus, type StatusWords, typeWord } from "../label_words.ts";
import type { GitLabIssue } from "./schemas.ts";

/** Statuses that need no label: what is open is to be done, what is closed is done. */
export const WITHOUT_LABEL: readonly Status[] = ["todo", "done"];

/**
 * Reads the status of an issue: open or closed as GitLab says, and which of those as the labels say. What was closed as a
 * duplicate of another issue was not done.
 */
export function statusIn(
  issue: Pick<GitLabIssue, "state" | "labels" | "_links">,
  words: StatusWords,
): Status {
  const isClosed = issue.state === "closed";
  const said = labelledStatus(isClosed, issue.labels, words);
  if (said !== null) return said;
  if (!isClosed) return "todo";
  return duplicateIn(issue) === null ? "done" : "canceled";
}

/** The issue that another one was closed as a duplicate of. */
export interface DuplicateOf {
  /** The number of its project. */
  readonly workspace: string;
  /** Its number in that. */
  readonly id: string;
}

/** Returns which issue this one was closed as a duplicate of, as far as the credential may see it; `null` for none. */
export function duplicateIn(
  { state, _links }: Pick<GitLabIssue, "state" | "_links">,
): DuplicateOf | null {
  if (state !== "closed") return null;
  const found = /\/projects\/(\d+)\/issues\/(\d+)$/.exec(_links?.closed_as_duplicate_of ?? "");
  return found === null ? null : { workspace: found[1] ?? "", id: found[2] ?? "" };
}

/** Returns the kind of an issue in GitLab's own words, such as `issue`, `task` or `incident`. */
export function kindOf({ issue_type, type }: Pick<GitLabIssue, "issue_type" | "type">): string {
  return (issue_type ?? type ?? "issue").toLowerCase();
}

/** Kinds that are no work, and are not mirrored. */
const LEFT_OUT: readonly string[] = ["test_case", "requirement"];

/** Whether an issue is here: not what is no work, and not what was moved to another project, and is closed and kept. */
export function isHere(issue: GitLabIssue): boolean {
  return issue.moved_to_id == null && !LEFT_OUT.includes(kindOf(issue));
}

/** Returns the type that a label means, such as `bug` or `type::bug`; `null` for any other label. */
export function typeLabelWord(label: string): IssueType | null {
  return typeWord(label.replace(/^type::/i, ""));
}

/** Returns the type of an issue: tasks and incidents are that, and labels say the type of an issue. */
export function typeIn(issue: Pick<GitLabIssue, "issue_type" | "type" | "labels">): IssueType {
  const kind = kindOf(issue);
  if (kind === "task") return "subtask";
  if (kind === "incident") return "bug";
  for (const label of issue.labels) {
    const said = typeLabelWord(label);
    if (said !== null) return said;
  }
  return kind === "epic" ? "epic" : "task";
}

/** How a type is written: by GitLab's kind of issue, and by a label; `undefined` leaves either. */
export interface WrittenType {
  readonly kind?: "issue" | "task" | undefined;
  readonly label?: string | null | undefined;
}

/** Returns how a type is written on an issue of a kind. */
export function writtenType(wanted: IssueType, kind: string): WrittenType {
  if (wanted === "subtask") return { kind: kind === "task" ? undefined : "task", label: null };
  return {
    kind: kind === "issue" ? undefined : "issue",
    label: wanted === "task" ? null : wanted,
  };
}
