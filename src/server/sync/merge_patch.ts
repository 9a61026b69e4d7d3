import type { JsonObject } from "../../contract/field.ts";
import type { NormalizedIssue } from "../../contract/issue.ts";
import { patchedIssue } from "../../contract/patch.ts";
import type { IssueChange } from "../../providers/mod.ts";

/** A field that both sides have changed since they agreed on it, to different values. */
export interface FieldConflict {
  readonly field: string;
  /** `undefined` when nobody knows what both sides agreed on. */
  readonly base: unknown;
  readonly ours: unknown;
  readonly theirs: unknown;
}

/** A change as it was merged into an issue. */
export interface MergedChange {
  /** What is to be sent of it; empty when the issue is so already. */
  readonly fields: IssueChange;
  /** What a person has to decide; none of it is sent. */
  readonly conflicts: readonly FieldConflict[];
}

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

/** The most comparisons of two lines that a merge of texts may take: no request waits long for it. */
const MAX_COMPARISONS = 5e6;

/** Merges two versions of a text with their base; `null` where the changes are not apart, or would take too long. */
export type MergeTexts = (
  base: string | null,
  ours: string | null,
  theirs: string | null,
  most: number,
) => string | null;

/** What is merged: a change, against what both sides agreed on. */
export interface WantedChange {
  readonly shadow: JsonObject;
  readonly wanted: IssueChange;
  /** Merges a text that both sides changed; `null` where a client is to take what it sent for the text. */
  readonly mergeTexts: MergeTexts | null;
}

/**
 * Merges a change into an issue as the provider shows it, field by field, against what both sides last agreed on. What
 * only they changed stays, what is so already is not sent, and a set that is added to or taken from keeps the rest.
 */
export function mergePatch(
  theirs: NormalizedIssue,
  { shadow, wanted, mergeTexts }: WantedChange,
): MergedChange {
  const after = { ...patchedIssue(theirs, wanted), status: wanted.status ?? theirs.status };
  const changed = WHOLE.filter((field) => !isSame(theirs[field], after[field]));
  const both = changed.filter((field) =>
    wanted[field] !== undefined && field in shadow && !isSame(theirs[field], shadow[field])
  );
  const sent = changed.filter((field) => !both.includes(field));
  const { body: base } = shadow;
  // Without a text, nobody knows what it was.
  const isKnown = typeof base === "string" || base === null;
  const body = both.includes("body") && isKnown
    ? mergeTexts?.(base, after.body, theirs.body, MAX_COMPARISONS) ?? null
    : null;
  return {
    conflicts: both.filter((field) => field !== "body" || body === null).map((field) => ({
      field,
      base: isSame(shadow[field], UNKNOWN) ? undefined : shadow[field],
      ours: after[field],
      theirs: theirs[field],
    })),
    fields: {
      ...Object.fromEntries(sent.map((field) => [field, after[field]])),
      ...(body === null || body === theirs.body ? {} : { body }),
      ...(isSame(theirs.links, after.links)
        ? {}
        : { links_add: wanted.links_add, links_remove: wanted.links_remove }),
      ...(isSame(theirs.custom_fields, after.custom_fields)
        ? {}
        : { custom_fields: wanted.custom_fields }),
    },
  };
}

/** Returns whether values are the same: sets in any order, references by the issue that they name. */
export function isSame(one: unknown, other: unknown): boolean {
  return nameOf(one) === nameOf(other);
}

function nameOf(value: unknown): string {
  if (Array.isArray(value)) return JSON.stringify(value.map(nameOf).sort());
  if (typeof value === "object" && value !== null && "workspace" in value && "id" in value) {
    return JSON.stringify(value.id);
  }
  return JSON.stringify(value ?? null);
}
