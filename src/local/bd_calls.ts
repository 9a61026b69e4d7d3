import type { IssueLink, LinkType, NormalizedIssue } from "../contract/issue.ts";
import { type FieldPatch, type FieldValues, sameValue } from "../sync/fields.ts";
import type { UpdateOptions } from "./connector.ts";
import type { ToolCall } from "./tool.ts";
import { BEADS_WORDS } from "./words.ts";

/** An issue depends on what blocks it; what it blocks is kept at the other issue. */
export const LINK_WORDS: Readonly<Record<LinkType, string | null>> = {
  blocked_by: "blocks",
  relates_to: "related",
  duplicates: "duplicates",
  blocks: null,
};

/**
 * The call that writes fields of an issue together; none when the patch has no such field. With `guarded` it writes
 * nothing when the status or the assignee, where it writes that, is not what it was when `current` was read.
 */
export function plainCalls(
  current: NormalizedIssue,
  patch: FieldPatch,
  guarded = false,
): ToolCall[] {
  const args: string[] = [];
  if (patch.title !== undefined) args.push(`--title=${patch.title}`);
  if (patch.body === null || patch.body === "") args.push("--description=");
  else if (patch.body !== undefined) args.push("--body-file", "-");
  if (patch.priority !== undefined) {
    args.push("--priority", BEADS_WORDS.priority.toForeign(patch.priority) ?? "");
  }
  if (patch.issue_type !== undefined) {
    args.push("--type", BEADS_WORDS.issueType.toForeign(patch.issue_type) ?? "");
  }
  if (patch.assignees !== undefined) args.push(`--assignee=${patch.assignees[0] ?? ""}`);
  if (patch.parent !== undefined) args.push(`--parent=${patch.parent?.id ?? ""}`);
  if (patch.labels !== undefined) args.push(...labelArgs(current.labels, patch.labels));
  if (patch.status !== undefined && isPlainStatus(current, patch)) {
    args.push("--status", BEADS_WORDS.status.toForeign(patch.status) ?? "");
  }
  if (args.length === 0) return [];
  const guards = guarded ? guardArgs(current, patch) : [];
  return [{
    verb: "update",
    args: ["update", current.ref.id, ...args, ...guards, "--json"],
    ...(guards.length === 0 ? {} : { staleCode: STALE_GUARD }),
    ...(patch.body ? { stdin: patch.body } : {}),
  }];
}

/** Exit code of a write of which a precondition did not hold. */
const STALE_GUARD = 13;

/** What `bd` is to compare before it writes: of the fields that it can compare those that are written. */
export function guardArgs(current: NormalizedIssue, patch: FieldPatch): string[] {
  const status = current.provider_metadata["raw_status"];
  return [
    ...(patch.status === undefined || !isPlainStatus(current, patch) || typeof status !== "string"
      ? []
      : [`--if-status=${status}`]),
    ...(patch.assignees === undefined ? [] : [`--if-assignee=${current.assignees[0] ?? ""}`]),
  ];
}

/** Setting no labels at all leaves them as they are, so each is added or removed. */
function labelArgs(current: readonly string[], wanted: readonly string[]): string[] {
  return [
    ...wanted.filter((label) => !current.includes(label))
      .map((label) => `--add-label=${csvField(label)}`),
    ...current.filter((label) => !wanted.includes(label))
      .map((label) => `--remove-label=${csvField(label)}`),
  ];
}

/** The calls that make the links of an issue those that are wanted. */
export function linkCalls(
  current: NormalizedIssue,
  wanted: readonly IssueLink[] | undefined,
): ToolCall[] {
  if (wanted === undefined) return [];
  const from = current.ref.id;
  // Removed first: a pair of issues has one link at most.
  return [
    ...addedLinks(wanted, current.links).map(({ ref }) => ({
      verb: "dep remove",
      args: ["dep", "remove", from, ref.id, "--json"],
    })),
    ...addedLinks(current.links, wanted).map(({ type, ref }) => ({
      verb: "dep add",
      args: ["dep", "add", from, ref.id, "-t", LINK_WORDS[type] ?? type, "--json"],
    })),
  ];
}

/** The links of `after` that `before` does not have. */
export function addedLinks(before: readonly IssueLink[], after: readonly IssueLink[]): IssueLink[] {
  return after.filter((link) => !before.some((known) => sameValue("links", [known], [link])));
}

/**
 * Closing and reopening have rules of their own, which a plain write of the status would pass by. Any
 * other status goes along with the plain fields: the less time between reading and writing, the better.
 */
export function isPlainStatus({ status }: NormalizedIssue, patch: FieldPatch): boolean {
  return status !== "done" && patch.status !== "done";
}

/** The calls that close or reopen an issue; the reason is kept by `bd`. */
export function statusCalls(
  current: NormalizedIssue,
  wanted: FieldValues["status"] | undefined,
  { closesAnyhow = false, reason }: UpdateOptions = {},
): ToolCall[] {
  if (wanted === undefined) return [];
  const id = current.ref.id;
  if (wanted === "done") {
    const force = closesAnyhow ? ["--force"] : [];
    const args = ["close", id, "-r", reason ?? "Closed through tracker", ...force, "--json"];
    return [{ verb: "close", args }];
  }
  const reopen: ToolCall = {
    verb: "reopen",
    args: ["reopen", id, "-r", reason ?? "Reopened through tracker", "--json"],
  };
  const word = BEADS_WORDS.status.toForeign(wanted) ?? "";
  if (word === "open") return [reopen];
  return [reopen, { verb: "update", args: ["update", id, "--status", word, "--json"] }];
}

/** One value of a comma-separated list that may itself hold commas, quotes or line breaks. */
export function csvField(value: string): string {
  return /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}
