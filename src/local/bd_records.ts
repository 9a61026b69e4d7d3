import type { NormalizedIssue } from "../contract/issue.ts";

/** Types of records that `bd` and what is built on it keep for their own running. */
const INFRASTRUCTURE_TYPES: ReadonlySet<string> = new Set([
  ...["agent", "role", "rig", "slot", "message", "event", "gate", "molecule", "convoy", "wisp"],
  "merge-request",
]);

/**
 * Whether an issue is work that a person would look for. `bd` also keeps agents, messages and the like
 * among its issues, templates, and what is only there for a while and is not shared.
 */
export function isWork({ ref, provider_metadata: metadata }: NormalizedIssue): boolean {
  if (ref.system !== "beads") return true;
  return !INFRASTRUCTURE_TYPES.has(String(metadata["raw_issue_type"]).replaceAll("_", "-")) &&
    metadata["ephemeral"] !== true && metadata["no_history"] !== true &&
    metadata["is_template"] !== true && metadata["storage_class"] !== "ephemeral" &&
    !isFilled(metadata["wisp_type"]) && !isFilled(metadata["mol_type"]);
}

function isFilled(value: unknown): boolean {
  return typeof value === "string" && value !== "";
}
