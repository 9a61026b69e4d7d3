import type { NormalizedIssue } from "../../contract/issue.ts";
import { isSameIssue } from "../refs.ts";
import type { IssueChange } from "../provider.ts";
import { rejected } from "../remote.ts";
import { beforeOf, fieldsToWrite, requireChild, requireTaken } from "./fields.ts";
import { requireLinks, requireRelated, writeLinks, writeParent } from "./relations.ts";
import { type Work, writing } from "./work.ts";

/** Writes a change of an issue that was just read: its parent, its fields in one call, then its links. */
export async function changeIssue(
  work: Work,
  issue: NormalizedIssue,
  change: IssueChange,
): Promise<void> {
  requireLinks(change);
  const { fields, kind, opensFirst } = await fieldsToWrite(work, beforeOf(issue), change);
  await requireRelated(work, { parent: issue.parent_ref, links: issue.links }, change);
  if (!isSameIssue(change.parent_ref ?? null, issue.parent_ref)) requireChild(kind, change);
  const { id } = issue.provider_metadata;
  const { id: iid } = issue.ref;
  if (typeof id !== "number") throw rejected("issue_not_found", `#${iid} has no id of GitLab`);
  const related = { iid, id, parent: issue.parent_ref, links: issue.links };
  await writing(work, async () => {
    // What becomes a task can have a parent then; what stops being one must have none.
    const parentFirst = fields.issue_type !== "task";
    if (parentFirst) await writeParent(work, related, change);
    if (opensFirst) await work.calls.issues.update(work.project, iid, { state_event: "reopen" });
    if (Object.keys(fields).length > 0) {
      requireTaken(work, fields, await work.calls.issues.update(work.project, iid, fields));
    }
    if (!parentFirst) await writeParent(work, related, change);
    await writeLinks(work, related, change);
  });
}
