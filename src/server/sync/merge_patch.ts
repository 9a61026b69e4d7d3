import type { JsonObject } from "../../contract/field.ts";
import type { NormalizedIssue } from "../../contract/issue.ts";
import { patchedIssue } from "../../contract/patch.ts";
import type { IssueChange } from "../../providers/mod.ts";

/** A field that both sides have changed since they agreed on it, to different values. */
export interface FieldConflict {
  readonly field: string;
  readonly base: unknown;
  readonly ours: unknown;
  readonly theirs: unknown;
}

/** What is to be sent of a change: empty when the issue is so already. */
export type MergedChange =
  | { readonly kind: "changes"; readonly fields: IssueChange }
  | { readonly kind: "conflict"; readonly conflict: FieldConflict };

const WHOLE = [
  "title",
  "body",
  "priority",
  "assignees",
  "labels",
  "issue_type",
  "parent_ref",
  "status",
] as const;

/** Returns what both sides agree on of the fields that a change sets whole. */
export function shadowOf(issue: NormalizedIssue, wanted: IssueChange): JsonObject {
  const fields = WHOLE.filter((field) => wanted[field] !== undefined);
  return JSON.parse(
    JSON.stringify(Object.fromEntries(fields.map((field) => [field, issue[field]]))),
  );
}

/** Stands for a shadow of which nobody knows what it said: any of these fields that differs is a conflict. */
export function unknownShadow(fields: readonly string[] = WHOLE): JsonObject {
  return Object.fromEntries(fields.map((field) => [field, UNKNOWN]));
}

/** Equals no value of any field. */
const UNKNOWN: JsonObject = { unknown: true };

/**
 * Merges a change into an issue as the provider shows it, field by field, against what both sides last agreed on. What
 * only they changed stays, what is so already is not sent, and a set that is added to or taken from keeps the rest.
 */
export function mergePatch(
  shadow: JsonObject,
  theirs: NormalizedIssue,
  wanted: IssueChange,
): MergedChange {
  const after = { ...patchedIssue(theirs, wanted), status: wanted.status ?? theirs.status };
  for (const field of WHOLE) {
    if (wanted[field] === undefined || isSame(theirs[field], after[field])) continue;
    if (!(field in shadow) || isSame(theirs[field], shadow[field])) continue;
    const conflict = { field, base: shadow[field], ours: after[field], theirs: theirs[field] };
    return { kind: "conflict", conflict };
  }
  const changed = WHOLE.filter((field) => !isSame(theirs[field], after[field]));
  return {
    kind: "changes",
    fields: {
      ...Object.fromEntries(changed.map((field) => [field, after[field]])),
      ...(isSame(theirs.links, after.links)
        ? {}
        : { links_add: wanted.links_add, links_remove: wanted.links_remove }),
      ...(isSame(theirs.custom_fields, after.custom_fields)
        ? {}
        : { custom_fields: wanted.custom_fields }),
    },
  };
}

/** Sets are the same in any order, references by the issue that they name. */
function isSame(one: unknown, other: unknown): boolean {
  return nameOf(one) === nameOf(other);
}

function nameOf(value: unknown): string {
  if (Array.isArray(value)) return JSON.stringify(value.map(nameOf).sort());
  if (typeof value === "object" && value !== null && "workspace" in value && "id" in value) {
    return JSON.stringify(value.id);
  }
  return JSON.stringify(value ?? null);
}
