import type { Status } from "../../contract/issue.ts";
import { rejected } from "./faults.ts";
import type { JiraFields, JiraTransition } from "./schemas.ts";
import { statusIn, type StatusWords } from "./words.ts";

/** Where an issue is, and where it is to go. */
export interface Wanted {
  /** Jira's own name of the status that it has; `null` when that is not known. */
  readonly from: string | null;
  readonly to: Status;
  readonly words: StatusWords;
}

/**
 * Returns the step that leads an issue to a status: to the one that the connection's table names first, else to the
 * first that reads so. One that asks for nothing comes before one that does.
 *
 * @throws {ProviderError} `rejected`, with the names of what there is, when no step leads there, when one does and its
 * conditions forbid it, or when it asks for fields that are not known here.
 */
export function stepTo(
  { from, to, words }: Wanted,
  transitions: readonly JiraTransition[],
): JiraTransition {
  const fitting = transitions.filter((one) => statusIn(one.to, words) === to);
  const open = inOrder(fitting.filter(({ isAvailable }) => isAvailable), words[to] ?? []);
  const free = open.find(({ fields }) => asked(fields).length === 0);
  if (free !== undefined) return free;
  const [first] = open;
  if (first !== undefined) {
    throw rejected(
      "transition_needs_fields",
      `The step "${first.name}" to "${first.to.name}" asks for ${
        listed(asked(first.fields))
      }: take it at Jira`,
    );
  }
  const [closed] = fitting;
  if (closed !== undefined) {
    throw rejected(
      "transition_forbidden",
      `A condition of the workflow forbids the step "${closed.name}" to "${closed.to.name}"`,
    );
  }
  throw rejected("status_not_reachable", notReachable(from, to, transitions));
}

function notReachable(
  from: string | null,
  to: Status,
  transitions: readonly JiraTransition[],
): string {
  const names = transitions.filter(({ isAvailable }) => isAvailable).map((one) => one.to.name);
  const steps = names.length === 0
    ? "to no other status"
    : `to ${listed(names)}, none of which reads as "${to}"`;
  return `From ${from === null ? "where it is" : `"${from}"`} the workflow leads ${steps}`;
}

/** Steps to the statuses that a table names come first, in its order. */
function inOrder(
  transitions: readonly JiraTransition[],
  names: readonly string[],
): readonly JiraTransition[] {
  const folded = names.map((name) => name.toLowerCase());
  const rank = ({ to }: JiraTransition) => {
    const at = folded.indexOf(to.name.toLowerCase());
    return at < 0 ? folded.length : at;
  };
  return transitions.toSorted((one, other) => rank(one) - rank(other));
}

/** Names of the fields that have to be filled in. */
function asked(fields: JiraFields): readonly string[] {
  return Object.values(fields).filter(({ required, hasDefaultValue }) =>
    required && !hasDefaultValue
  ).map(({ name }) => name);
}

function listed(names: readonly string[]): string {
  return [...new Set(names)].map((name) => `"${name}"`).join(", ");
}
