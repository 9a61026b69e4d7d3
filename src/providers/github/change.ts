import type { NormalizedIssue } from "../../contract/issue.ts";
import type { IssueChange } from "../provider.ts";
import { rejected } from "../remote.ts";
import { beforeOf, fieldsToWrite, requireTaken } from "./fields.ts";
import { requireLinks, requireRelated, writeRelations } from "./relations.ts";
import type { Work } from "./work.ts";

/** Writes a change of an issue that was just read: its fields in one call, then its parent and its links. */
export async function changeIssue(
  work: Work,
  issue: NormalizedIssue,
  change: IssueChange,
): Promise<void> {
  requireLinks(change);
  const fields = await fieldsToWrite(work, beforeOf(issue), change);
  await requireRelated(work, { parent: issue.parent_ref, links: issue.links }, change);
  const { calls: { issues }, name } = work;
  const { id: number } = issue.ref;
  if (Object.keys(fields).length > 0) {
    const answer = await issues.update(name, number, fields);
    requireTaken(work, fields, answer);
    const { state, state_reason } = fields;
    // GitHub ignores another reason for what is closed already.
    if (
      state === "closed" && state_reason !== undefined && answer.state_reason != null &&
      answer.state_reason !== state_reason
    ) {
      await issues.update(name, number, { state: "open" });
      await issues.update(name, number, { state, state_reason });
    }
  }
  const { id } = issue.provider_metadata;
  if (typeof id !== "number") throw rejected("issue_not_found", `#${number} has no id of GitHub`);
  const related = { number, id, parent: issue.parent_ref, links: issue.links };
  await writeRelations(work, related, change);
}
