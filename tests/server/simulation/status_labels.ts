import type { Status } from "../../../src/contract/issue.ts";
import type { StatusWords } from "../../../src/providers/label_words.ts";

/** The labels of a connection that say statuses which the provider has no state for. */
export const STATUS_WORDS = {
  in_progress: ["doing"],
  blocked: ["on hold", "stuck"],
} as const satisfies StatusWords;

const LABELS: ReadonlyMap<string, Status> = new Map([
  ["doing", "in_progress"],
  ["on hold", "blocked"],
  ["stuck", "blocked"],
]);

/** Whether a label says a status. */
export function saysStatus(label: string): boolean {
  return LABELS.has(label);
}

/** Returns the status that the labels of an open issue say, `todo` where they say none. */
export function statusOfOpen(labels: readonly string[]): Status {
  const said = new Set(labels.map((label) => LABELS.get(label)));
  return said.has("in_progress") ? "in_progress" : said.has("blocked") ? "blocked" : "todo";
}

/**
 * Returns the labels of an issue that a person gives other labels, a status, or both. Who closes an issue leaves the label
 * of its status where it is; who opens one takes it away.
 */
export function labelsByPerson(
  before: readonly string[],
  { labels, status }: { readonly labels?: readonly string[]; readonly status?: Status | undefined },
  isClosing: boolean,
): string[] {
  const plain = labels ?? before.filter((label) => !saysStatus(label));
  const said = before.filter(saysStatus);
  if (status === undefined || isClosing) return [...plain, ...said];
  // The words of a status are as good as one another.
  const words = [...LABELS].filter(([, one]) => one === status).map(([word]) => word);
  return [...plain, ...words.slice(before.length % Math.max(1, words.length)).slice(0, 1)];
}
