import type { IssueChange } from "../provider.ts";
import { rejected } from "./faults.ts";
import type { JiraIssue, JiraType } from "./schemas.ts";
import type { Work } from "./work.ts";
import { typeIn } from "./words.ts";

/** How it is written what an issue is below. */
export interface WrittenParent {
  /** The id of the field. */
  readonly field: string;
  readonly value: unknown;
  /** What is done to the field, instead of a value; `null` for a value. */
  readonly operations: readonly unknown[] | null;
}

/**
 * Returns how the parent of an issue of a type is written: by the field that links an epic where the site has one, and the
 * issue is no subtask.
 *
 * @throws {ProviderError} `rejected` when it cannot be the parent.
 */
export async function parentFor(
  work: Work,
  type: JiraType,
  ref: NonNullable<IssueChange["parent_ref"]> | null,
): Promise<WrittenParent> {
  const { session, calls, edition } = work;
  const link = typeIn(type) === "subtask" ? null : await session.epicLink(calls, edition);
  if (link === null) {
    return ref === null
      ? { field: "parent", value: null, operations: [{ set: { none: true } }] }
      : { field: "parent", value: { id: parentId(ref) }, operations: null };
  }
  if (ref === null) return { field: link, value: null, operations: null };
  const { key, fields } = await requireParent(work, ref);
  if (typeIn(fields.issuetype) === "epic") return { field: link, value: key, operations: null };
  const words = `${key} is no epic: at this Jira, what is no subtask is below an epic only`;
  throw rejected("invalid_parent", words);
}

/** Returns the issue that another one is to be below. */
export async function requireParent(
  { calls }: Work,
  ref: NonNullable<IssueChange["parent_ref"]>,
): Promise<JiraIssue> {
  const parent = await calls.issues.issue(parentId(ref));
  if (parent !== null) return parent;
  throw rejected("invalid_parent", `Jira has no issue "${ref.key ?? ref.id}" to be the parent`);
}

function parentId({ system, id, key }: NonNullable<IssueChange["parent_ref"]>): string {
  if (system === "jira") return id;
  throw rejected("invalid_parent", `"${key ?? id}" is an issue of ${system}, not of Jira`);
}
