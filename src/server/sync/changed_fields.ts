import type { JsonObject } from "../../contract/field.ts";
import type { IssueLink, NormalizedIssue, Status } from "../../contract/issue.ts";
import type { PushPatch } from "../../contract/push.ts";
import { isSame, shadowOf, unknownShadow } from "./merge_patch.ts";

/** What was changed of an issue, and what both sides agreed on of that. */
export interface IssueChanges {
  readonly patch: PushPatch;
  /** The new status; `undefined` when it is as it was. */
  readonly status: Status | undefined;
  readonly shadow: JsonObject;
}

const FIELDS = ["title", "body", "priority", "issue_type", "parent_ref"] as const;

const SETS = ["assignees", "labels"] as const;

/**
 * Returns what was changed of an issue since both sides agreed on `base`; `null` for nothing. Sets are added to and taken
 * from. Without a base nobody knows: any field that differs at the provider is a conflict then.
 */
export function changesOf(
  issue: NormalizedIssue,
  base: NormalizedIssue | null,
): IssueChanges | null {
  if (base === null) return unknownChanges(issue);
  const whole = FIELDS.filter((field) => !isSame(issue[field], base[field]));
  const patch = {
    ...Object.fromEntries(whole.map((field) => [field, issue[field]])),
    ...partsOf(issue, base),
  };
  const status = issue.status === base.status ? undefined : issue.status;
  return Object.keys(patch).length === 0 && status === undefined
    ? null
    : { patch, status, shadow: shadowOf(base, { ...patch, status }) };
}

function unknownChanges(issue: NormalizedIssue): IssueChanges {
  const fields = [...FIELDS, ...SETS];
  return {
    patch: Object.fromEntries(fields.map((field) => [field, issue[field]])),
    status: issue.status,
    shadow: unknownShadow(),
  };
}

function partsOf(issue: NormalizedIssue, base: NormalizedIssue): PushPatch {
  const patch: Record<string, unknown> = {};
  for (const field of SETS) {
    patch[`${field}_add`] = issue[field].filter((one) => !base[field].includes(one));
    patch[`${field}_remove`] = base[field].filter((one) => !issue[field].includes(one));
  }
  patch["links_add"] = linksBeside(issue, base);
  patch["links_remove"] = linksBeside(base, issue);
  const { custom_fields } = issue;
  const names = new Set([...Object.keys(custom_fields), ...Object.keys(base.custom_fields)]);
  const custom = [...names].filter((name) =>
    !isSame(custom_fields[name], base.custom_fields[name])
  );
  if (custom.length > 0) {
    patch["custom_fields"] = Object.fromEntries(
      custom.map((name) => [name, custom_fields[name] ?? null]),
    );
  }
  return Object.fromEntries(
    Object.entries(patch).filter(([, value]) => !Array.isArray(value) || value.length > 0),
  );
}

/** Returns the links of one issue that the other has not. */
function linksBeside({ links }: NormalizedIssue, other: NormalizedIssue): IssueLink[] {
  const nameOf = ({ type, ref }: IssueLink) => `${type} ${ref.id}`;
  const there = new Set(other.links.map(nameOf));
  return links.filter((link) => !there.has(nameOf(link)));
}
