import { blankIssue, type NormalizedIssue } from "../../contract/issue.ts";
import { patchedIssue } from "../../contract/patch.ts";
import { isClosed } from "../label_words.ts";
import { markedBody, markerIn } from "../marker.ts";
import type { IssueChange } from "../provider.ts";
import { rejected, type RemoteCreation as Creation, whereTaken } from "../remote.ts";
import type { WrittenIssue } from "./calls.ts";
import { type Before, fieldsToWrite, requireTaken } from "./fields.ts";
import { bodyToSend, isTooLong, refOf } from "./issues.ts";
import { withoutCommands } from "./quick_actions.ts";
import { requireLinks, requireRelated, writeLinks, writeParent } from "./relations.ts";
import type { GitLabIssue } from "./schemas.ts";
import { issueIn, wholeIssue, type Work, writing } from "./work.ts";

/** Pages of the newest issues that are looked through for one that was created. */
const PAGES_LOOKED_THROUGH = 10;

/** Numbers after the newest issue that is listed under which a new one is looked for. */
const NUMBERS_TRIED = 100;

/** Numbers in a row that nothing has: issues that were deleted have theirs no more. */
const NUMBERS_MISSING = 5;

/** Creates an issue that names its creation, and writes what a creation cannot. */
export async function createIssue(work: Work, creation: Creation): Promise<NormalizedIssue> {
  const wanted = wantedOf(work, creation);
  requireLinks(wanted);
  const { fields: { state_event: _later, ...fields } } = await fieldsToWrite(
    work,
    beforeCreation(creation.clientId),
    wanted,
  );
  await requireRelated(work, { parent: null, links: [] }, wanted);
  const description = isLong(creation)
    ? markedBody(null, creation.clientId)
    : fields.description ?? markedBody(null, creation.clientId);
  const first = { ...fields, title: creation.fields.title, description };
  return await writing(work, async () => {
    const created = await work.calls.issues.create(work.project, first);
    requireTaken(work, fields, created);
    return await finish(work, created, creation);
  });
}

/** Finds the issue of a creation whose answer was lost, and writes what was not written then. */
export async function findCreation(
  work: Work,
  creation: Creation,
): Promise<NormalizedIssue | null> {
  const found = await listedCreation(work, creation) ?? await unlistedCreation(work, creation);
  return found === null ? null : await finish(work, found, creation);
}

async function listedCreation(work: Work, creation: Creation): Promise<GitLabIssue | null> {
  const { session, calls, project } = work;
  const { id } = await session.account(calls);
  for (let page = 1; page <= PAGES_LOOKED_THROUGH; page++) {
    const { issues, isLast } = await calls.issues.newest(project, id, page);
    const found = issues.find((issue) => isOf(issue, creation));
    if (found !== undefined) return found;
    if (isLast) return null;
  }
  return null;
}

/** Another server of the instance may list a new issue late: what comes after the newest one is read by its number. */
async function unlistedCreation(
  { calls, project }: Work,
  creation: Creation,
): Promise<GitLabIssue | null> {
  const { issues } = await calls.issues.newest(project, null, 1);
  const listed = issues.find((issue) => isOf(issue, creation));
  if (listed !== undefined) return listed;
  const last = Math.max(0, ...issues.map(({ iid }) => iid));
  let missing = 0;
  for (let iid = last + 1; iid <= last + NUMBERS_TRIED && missing < NUMBERS_MISSING; iid++) {
    const issue = await calls.issues.numbered(project, String(iid));
    if (issue !== null && isOf(issue, creation)) return issue;
    missing = issue === null ? missing + 1 : 0;
  }
  return null;
}

/** A body with no room for the line that names it comes last, and is known by itself. */
function isOf(issue: GitLabIssue, creation: Creation): boolean {
  return markerIn(issue.description) === creation.clientId ||
    isLong(creation) && issue.title === creation.fields.title &&
      issue.description === sentOf(creation);
}

async function finish(
  work: Work,
  created: GitLabIssue,
  creation: Creation,
): Promise<NormalizedIssue> {
  const { calls: { issues }, project } = work;
  const wanted = wantedOf(work, creation);
  const before = await wholeIssue(work, created);
  const iid = String(created.iid);
  const related = { iid, id: created.id, parent: before.parent_ref, links: before.links };
  await writeParent(work, related, wanted, whereTaken);
  await writeLinks(work, related, wanted, whereTaken);
  const rest: WrittenIssue = {
    ...(isClosed(wanted.status ?? "todo") && created.state !== "closed"
      ? { state_event: "close" as const }
      : {}),
    ...(isLong(creation) && created.description !== sentOf(creation)
      ? { description: sentOf(creation) }
      : {}),
  };
  if (Object.keys(rest).length > 0) await issues.update(project, iid, rest);
  const after = await issueIn(work, project, iid);
  if (after === null) throw rejected("issue_not_found", `The new issue #${iid} is gone`);
  return await wholeIssue(work, after);
}

/** What is sent for a body in which nothing names the creation. */
function sentOf({ fields: { body } }: Creation): string {
  return bodyToSend(body ?? null, null);
}

/** Whether a body is short enough, but not with the line that names the creation. */
function isLong(creation: Creation): boolean {
  const { clientId, fields: { body } } = creation;
  return body != null && !isTooLong(sentOf(creation)) &&
    isTooLong(markedBody(withoutCommands(body), clientId));
}

/** Sets are given whole. What has a parent is a task, unless it is said to be something else. */
function wantedOf({ place }: Work, { fields }: Creation): IssueChange {
  const { labels, assignees } = patchedIssue(blankIssue(refOf(place, 0), ""), fields);
  const { labels_add: _l, labels_remove: _m, assignees_add: _a, assignees_remove: _b, ...rest } =
    fields;
  const type = fields.issue_type ?? (fields.parent_ref == null ? undefined : "subtask");
  return {
    ...rest,
    body: fields.body ?? null,
    labels,
    assignees,
    ...(type === undefined ? {} : { issue_type: type }),
  };
}

function beforeCreation(marker: string): Before {
  return {
    kind: "issue",
    status: "todo",
    type: "task",
    priority: 0,
    labels: [],
    hiddenLabels: [],
    assignees: [],
    isDuplicate: false,
    marker,
  };
}
