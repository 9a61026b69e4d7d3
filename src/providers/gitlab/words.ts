import type { IssueType, Status } from "../../contract/issue.ts";
import { labelledStatus, type StatusWords, typeWord } from "../label_words.ts";
import type { GitLabIssue } from "./schemas.ts";

/** Statuses that need no label: what is open is to be done, what is closed is done. */
export const WITHOUT_LABEL: readonly Status[] = ["todo", "done"];

/** Reads the status of an issue: open or closed as GitLab says, and which of those as the labels say. */
export function statusIn(
  { state, labels }: Pick<GitLabIssue, "state" | "labels">,
  words: StatusWords,
): Status {
  const isClosed = state === "closed";
  return labelledStatus(isClosed, labels, words) ?? (isClosed ? "done" : "todo");
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
