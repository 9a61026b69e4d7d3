import type { NormalizedIssue } from "../../contract/issue.ts";
import type { IssueChange } from "../provider.ts";
import { newLinks } from "../refs.ts";
import { hasCode, rejected } from "./faults.ts";
import { fieldsFor, requireKnown } from "./fields.ts";
import { addLinks, linksToMake, removeLinks } from "./links.ts";
import { namingPermission } from "./naming.ts";
import type { JiraIssue, JiraTransition } from "./schemas.ts";
import { stepTo } from "./transitions.ts";
import { requireHere, type Work } from "./work.ts";

/** The fields that are written in one call. */
const WRITTEN = [
  "title",
  "body",
  "priority",
  "issue_type",
  "assignees",
  "labels",
  "parent_ref",
] as const;

/**
 * Writes a change of an issue that was just read: its fields in one call, its step through the workflow in another, then
 * its links. Everything is looked up first, so that what cannot be written is refused before anything is. What cannot be
 * edited where the issue is, is written after the step.
 */
export async function changeIssue(
  work: Work,
  issue: NormalizedIssue,
  change: IssueChange,
): Promise<void> {
  const { issues } = work.calls;
  requireKnown(change);
  const { id } = issue.ref;
  const raw = await issues.issue(id);
  if (raw === null) throw rejected("issue_not_found", "The issue is gone from Jira");
  requireHere(work, raw);
  const links = await linksToMake(work, newLinks(issue.links, change.links_add ?? []));
  const step = await stepFor(work, raw, change);
  const hasFields = WRITTEN.some((field) => change[field] !== undefined);
  const before = { raw, issue };
  const isLate = hasFields && !await writeFields(work, before, change, step !== null);
  if (step !== null) await issues.transition(id, step.id);
  if (isLate) await writeFields(work, before, change, false);
  await namingPermission(work, raw.fields.project.key, ["LINK_ISSUES"], async () => {
    await removeLinks(work, raw, change.links_remove ?? []);
    await addLinks(work, id, links);
  });
}

async function stepFor(
  work: Work,
  { id, fields: { project, status } }: JiraIssue,
  { status: to }: IssueChange,
): Promise<JiraTransition | null> {
  if (to === undefined) return null;
  const wanted = { from: status.name, to, words: work.access.statusWords };
  const { issues } = work.calls;
  return await namingPermission(
    work,
    project.key,
    ["TRANSITION_ISSUES"],
    async () => stepTo(wanted, await issues.transitions(id)),
  );
}

/** Returns whether the fields were written; `mayWait` leaves what cannot be edited now to a second call. */
async function writeFields(
  work: Work,
  before: { readonly raw: JiraIssue; readonly issue: NormalizedIssue },
  change: IssueChange,
  mayWait: boolean,
): Promise<boolean> {
  const { issues } = work.calls;
  const { id } = before.raw;
  const editable = await issues.editable(id);
  if (editable === null) throw rejected("issue_not_found", "The issue is gone from Jira");
  try {
    await namingPermission(work, before.raw.fields.project.key, ["EDIT_ISSUES"], async () => {
      const written = await fieldsFor(work, { ...before, editable, mayWait }, change);
      if (Object.keys(written).length > 0) await issues.update(id, written);
    });
    return true;
  } catch (error) {
    if (mayWait && hasCode(error, "field_not_editable")) return false;
    throw error;
  }
}
