import type { NormalizedIssue } from "../contract/issue.ts";
import type { Mapping } from "../contract/results.ts";
import type { IssueStore } from "../store/issue_store.ts";
import type { StoredIssue } from "../store/issues.ts";

/**
 * The new ids of issues that a tool has given other ids, by the old ones. A tool does not say that it
 * did: an issue that is new in the listing, and was created at the very time of one that is gone and is
 * called the same, is that issue. Where several could be meant none is.
 */
export function renamedIssues(
  gone: readonly StoredIssue[],
  created: readonly NormalizedIssue[],
): ReadonlyMap<string, NormalizedIssue> {
  const arrived = uniqueBy(created);
  const renamed = new Map<string, NormalizedIssue>();
  for (const [key, issue] of uniqueBy(gone.map(({ issue, base }) => base ?? issue))) {
    const now = arrived.get(key) ?? null;
    if (issue !== null && now !== null) renamed.set(issue.ref.id, now);
  }
  return renamed;
}

/** What a mapping points to: an issue that is here, one with another id, none, or one not listed yet. */
export type MappingState =
  | { readonly issue_state: "present" | "gone" | "unknown"; readonly renamed_to: null }
  | { readonly issue_state: "renamed"; readonly renamed_to: string };

/** A mapping with what became of its issue. */
export type JudgedMapping = Mapping & MappingState;

/** Judges a mapping by the cache. */
export function judgedMapping(store: IssueStore, mapping: Mapping): JudgedMapping {
  const id = mapping.external_id;
  if (store.issues.load(id) !== null) {
    return { ...mapping, issue_state: "present", renamed_to: null };
  }
  const now = store.issues.adoptedId(id);
  if (now !== null && store.issues.load(now) !== null) {
    return { ...mapping, issue_state: "renamed", renamed_to: now };
  }
  // Only a whole listing that is newer than the mapping tells that there is no such issue.
  const listedAt = store.checkpoint()?.fullAt ?? null;
  const isListed = listedAt !== null && listedAt >= Date.parse(mapping.updated_at ?? "");
  return { ...mapping, issue_state: isListed ? "gone" : "unknown", renamed_to: null };
}

/** Whether a mapping has lost its issue, so that another may take its place. */
export function hasLostIssue({ issue_state }: MappingState): boolean {
  return issue_state === "gone" || issue_state === "renamed";
}

function uniqueBy(issues: readonly NormalizedIssue[]): Map<string, NormalizedIssue | null> {
  const found = new Map<string, NormalizedIssue | null>();
  for (const issue of issues) {
    const key = JSON.stringify([Date.parse(issue.created_at), issue.title]);
    found.set(key, found.has(key) ? null : issue);
  }
  return found;
}
