import {
  ISSUE_TYPES,
  type IssueType,
  PRIORITIES,
  type Priority,
  type Status,
  STATUSES,
} from "../../contract/issue.ts";
import type { Access } from "../remote.ts";
import type { LinearState } from "./schemas.ts";

/** The connection's names of workflow states for each status. */
export type StatusWords = Access["statusWords"];

/** Reads a workflow state: as the connection's table says, else by its type. */
export function statusIn(
  { name, type }: Pick<LinearState, "name" | "type">,
  words: StatusWords,
): Status {
  const folded = name.toLowerCase();
  const said = STATUSES.find((status) =>
    words[status]?.some((word) => word.toLowerCase() === folded)
  );
  if (said !== undefined) return said;
  switch (type) {
    case "started":
      return /review/i.test(name) ? "in_review" : /block/i.test(name) ? "blocked" : "in_progress";
    case "completed":
      return "done";
    case "canceled":
    case "duplicate":
      return "canceled";
    default:
      return "todo";
  }
}

/** A workflow state with where it stands in its team. */
export interface PlacedState extends LinearState {
  readonly position: number;
}

/** Types of states in the order in which one is picked. A state for duplicates needs what an issue duplicates. */
const PICKED_TYPES = ["unstarted", "backlog", "triage", "started", "completed", "canceled"];

/**
 * Returns the state that a status is written as: the first that the connection's table names, else the first by
 * position that reads as the status; `null` when the team has none.
 */
export function stateFor(
  status: Status,
  states: readonly PlacedState[],
  words: StatusWords,
): PlacedState | null {
  for (const word of words[status] ?? []) {
    const named = states.find(({ name }) => name.toLowerCase() === word.toLowerCase());
    if (named !== undefined) return named;
  }
  const fitting = states.filter((state) =>
    PICKED_TYPES.includes(state.type) && statusIn(state, words) === status
  );
  const [first] = fitting.toSorted((one, other) =>
    PICKED_TYPES.indexOf(one.type) - PICKED_TYPES.indexOf(other.type) ||
    one.position - other.position
  );
  return first ?? null;
}

/** Names of labels, and the type that each means. */
const TYPE_WORDS: Readonly<Record<string, IssueType>> = {
  ...Object.fromEntries(ISSUE_TYPES.map((type) => [type, type])),
  feature: "story",
  improvement: "story",
};

/** Returns the type that a label means; `null` for any other label. */
export function typeWord(label: string): IssueType | null {
  const folded = label.toLowerCase();
  return Object.hasOwn(TYPE_WORDS, folded) ? TYPE_WORDS[folded] ?? null : null;
}

/** Reads the type of an issue from its labels. */
export function typeIn(labels: readonly string[]): IssueType {
  for (const label of labels) {
    const said = typeWord(label);
    if (said !== null) return said;
  }
  return "task";
}

/** Returns the labels that say a type, and no other one. A task needs no label. */
export function labelsForType(type: IssueType, labels: readonly string[]): readonly string[] {
  if (typeIn(labels) === type) return labels;
  const kept = labels.filter((label) => {
    const said = typeWord(label);
    return said === null || said === type;
  });
  return type === "task" || kept.some((label) => typeWord(label) === type) ? kept : [...kept, type];
}

/** Reads Linear's number for a priority, which is the contract's. */
export function priorityIn(priority: number): Priority {
  return PRIORITIES.find((one) => one === priority) ?? 0;
}
