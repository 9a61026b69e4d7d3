import {
  ISSUE_TYPES,
  type IssueType,
  PRIORITIES,
  type Priority,
  PRIORITY_WORDS,
  type Status,
  STATUSES,
} from "../../contract/issue.ts";
import type { Access } from "../remote.ts";

/** The connection's labels for each status. */
export type StatusWords = Access["statusWords"];

/** Whether an issue of this status is closed. */
export function isClosed(status: Status): boolean {
  return status === "done" || status === "canceled";
}

/** Returns the reason that is given for a closed issue of this status. */
export function closedAs(status: Status): "completed" | "not_planned" {
  return status === "canceled" ? "not_planned" : "completed";
}

/** Reads the status of an issue: open or closed as GitHub says, and which of those as the labels say. */
export function statusIn(
  issue: { readonly state: string; readonly state_reason?: string | null | undefined },
  labels: readonly string[],
  words: StatusWords,
): Status {
  const closed = issue.state === "closed";
  const folded = new Set(labels.map((label) => label.toLowerCase()));
  const said = STATUSES.find((status) =>
    isClosed(status) === closed && words[status]?.some((word) => folded.has(word.toLowerCase()))
  );
  if (said !== undefined) return said;
  if (!closed) return "todo";
  return issue.state_reason === "not_planned" || issue.state_reason === "duplicate"
    ? "canceled"
    : "done";
}

/** What writing a status takes: the state, its reason, and the labels afterwards. */
export interface WrittenStatus {
  readonly state: "open" | "closed";
  readonly state_reason: "completed" | "not_planned" | "reopened";
  readonly labels: readonly string[];
}

/**
 * Returns how a status is written on an issue with these labels; `null` when no label of the connection says it, and it
 * could not be told from another.
 */
export function writtenStatus(
  status: Status,
  labels: readonly string[],
  words: StatusWords,
): WrittenStatus | null {
  const word = words[status]?.[0];
  if (word === undefined && status !== "todo" && !isClosed(status)) return null;
  const kept = labels.filter((label) => statusWord(label, words) === null);
  // A label that says it already stays: the words of a status are as good as one another.
  const said = labels.find((label) => statusWord(label, words) === status);
  const added = said ?? word;
  return {
    state: isClosed(status) ? "closed" : "open",
    state_reason: isClosed(status) ? closedAs(status) : "reopened",
    labels: added === undefined ? kept : [...kept, added],
  };
}

/** Returns the status that a label says; `null` for any other label. */
export function statusWord(label: string, words: StatusWords): Status | null {
  const folded = label.toLowerCase();
  return STATUSES.find((status) => words[status]?.some((word) => word.toLowerCase() === folded)) ??
    null;
}

const PRIORITY_LABEL = /^(?:priority|prio)\s*[:/ -]\s*(urgent|critical|high|medium|low)$/i;

/** Returns the priority that a label says, such as `priority: high`; `null` for any other label. */
export function priorityWord(label: string): Priority | null {
  const word = PRIORITY_LABEL.exec(label)?.[1]?.toLowerCase();
  if (word === undefined) return null;
  const known = word === "critical" ? "urgent" : word;
  return PRIORITIES.find((priority) => PRIORITY_WORDS[priority] === known) ?? null;
}

/** Returns the label that says a priority, in the manner of the labels that are there; `null` for none. */
export function priorityLabel(priority: Priority): string | null {
  return priority === 0 ? null : `priority: ${PRIORITY_WORDS[priority]}`;
}

/** Names of issue types and of labels, and the type that each means. */
const TYPE_WORDS: Readonly<Record<string, IssueType>> = {
  ...Object.fromEntries(ISSUE_TYPES.map((type) => [type, type])),
  feature: "story",
  enhancement: "story",
};

/** Returns the type that the name of an issue type or a label means; `null` for any other name. */
export function typeWord(name: string): IssueType | null {
  const folded = name.toLowerCase();
  return Object.hasOwn(TYPE_WORDS, folded) ? TYPE_WORDS[folded] ?? null : null;
}
