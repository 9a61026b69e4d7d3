import type { Status } from "../../contract/issue.ts";
import { isClosed, labelledStatus, labelsFor, type StatusWords } from "../label_words.ts";

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
  const said = labelledStatus(closed, labels, words);
  if (said !== null) return said;
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
  const after = labelsFor(status, labels, words, ["todo", "done", "canceled"]);
  return after === null ? null : {
    state: isClosed(status) ? "closed" : "open",
    state_reason: isClosed(status) ? closedAs(status) : "reopened",
    labels: after,
  };
}
