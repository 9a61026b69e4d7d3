import {
  ISSUE_TYPES,
  type IssueType,
  type NormalizedIssue,
  PRIORITIES,
  type Priority,
  PRIORITY_WORDS,
  type Status,
  STATUSES,
} from "../contract/issue.ts";
import { type Access, type ProviderError, rejected } from "./remote.ts";

/** The connection's labels for each status. */
export type StatusWords = Access["statusWords"];

/** Whether an issue of this status is closed. */
export function isClosed(status: Status): boolean {
  return status === "done" || status === "canceled";
}

/** Returns which status of an open or a closed issue its labels say; `null` when they say none. */
export function labelledStatus(
  isIssueClosed: boolean,
  labels: readonly string[],
  words: StatusWords,
): Status | null {
  let folded: Set<string> | null = null;
  const has = (word: string) => {
    folded ??= new Set(labels.map((label) => label.toLowerCase()));
    return folded.has(word.toLowerCase());
  };
  return STATUSES.find((status) =>
    isClosed(status) === isIssueClosed && words[status]?.some(has)
  ) ?? null;
}

/**
 * Returns the labels afterwards of an issue that gets a status; `null` when no label of the connection says it, and it is
 * none of those that need no label.
 */
export function labelsFor(
  status: Status,
  labels: readonly string[],
  words: StatusWords,
  withoutLabel: readonly Status[],
): readonly string[] | null {
  const word = words[status]?.[0];
  if (word === undefined && !withoutLabel.includes(status)) return null;
  const kept = labels.filter((label) => statusWord(label, words) === null);
  // A label that says it already stays: the words of a status are as good as one another.
  const said = labels.find((label) => statusWord(label, words) === status);
  const added = said ?? word;
  return added === undefined ? kept : [...kept, added];
}

/** Returns the failure of a status that no label of the connection says. */
export function statusNotMapped(status: Status): ProviderError {
  const words = `No label of the connection says "${status}"; add one with ` +
    `\`tracker host connection map NAME --status LABEL=${status}\``;
  return rejected("status_not_mapped", words);
}

/** Returns the status that a label says; `null` for any other label. */
export function statusWord(label: string, words: StatusWords): Status | null {
  const folded = label.toLowerCase();
  return STATUSES.find((status) => words[status]?.some((word) => word.toLowerCase() === folded)) ??
    null;
}

const PRIORITY_LABEL = /^(?:priority|prio)\s*(?:::|[:/ -])\s*(urgent|critical|high|medium|low)$/i;

/** Returns the priority that a label says, such as `priority: high`; `null` for any other label. */
export function priorityWord(label: string): Priority | null {
  const word = PRIORITY_LABEL.exec(label)?.[1]?.toLowerCase();
  if (word === undefined) return null;
  const known = word === "critical" ? "urgent" : word;
  return PRIORITIES.find((priority) => PRIORITY_WORDS[priority] === known) ?? null;
}

/** Returns the priority that the first of these labels says which says one; 0 for none. */
export function priorityIn(labels: readonly string[]): Priority {
  for (const label of labels) {
    const said = priorityWord(label);
    if (said !== null) return said;
  }
  return 0;
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

/** Returns whether a label says neither a status nor a priority. */
export function isPlain(label: string, words: StatusWords): boolean {
  return statusWord(label, words) === null && priorityWord(label) === null;
}

/** The labels of an issue before it is written. */
export interface LabelsBefore {
  /** The labels that say neither a status nor a priority. */
  readonly labels: readonly string[];
  readonly hiddenLabels: readonly string[];
  readonly priority: Priority;
}

/** Returns the labels of an issue that was just read, which keeps those that say something beside the others. */
export function labelsBefore(
  { labels, priority, provider_metadata: { hidden_labels } }: NormalizedIssue,
): LabelsBefore {
  const hiddenLabels = Array.isArray(hidden_labels)
    ? hidden_labels.filter((label) => typeof label === "string")
    : [];
  return { labels, hiddenLabels, priority };
}

/** What of a change is written by labels. */
export interface LabelChange {
  readonly labels?: readonly string[] | undefined;
  readonly priority?: Priority | undefined;
  /** The label that says the new type, `null` for none; `undefined` leaves it. */
  readonly typeLabel?: string | null | undefined;
  /** The type that a label says. */
  readonly typeWord: (label: string) => IssueType | null;
  /** The label that says a priority. */
  readonly priorityLabel: (priority: Exclude<Priority, 0>) => string;
}

/**
 * Returns all labels of an issue after a change, but for what its status adds.
 *
 * @throws {ProviderError} `label_has_meaning` for a new label that says a status or a priority.
 */
export function changedLabels(
  before: LabelsBefore,
  change: LabelChange,
  words: StatusWords,
): readonly string[] {
  const { labels = before.labels, priority = before.priority, typeLabel } = change;
  for (const label of labels) {
    if (before.labels.includes(label) || isPlain(label, words)) continue;
    const why = `The label "${label}" says a status or a priority here; change that instead`;
    throw rejected("label_has_meaning", why);
  }
  const plain = typeLabel === undefined
    ? labels
    : labels.filter((label) => change.typeWord(label) === null);
  const type = typeLabel == null ? [] : [typeLabel];
  if (priority === before.priority) return [...plain, ...type, ...before.hiddenLabels];
  const hidden = before.hiddenLabels.filter((label) => priorityWord(label) === null);
  const added = priority === 0 ? [] : [change.priorityLabel(priority)];
  return [...plain, ...type, ...hidden, ...added];
}
