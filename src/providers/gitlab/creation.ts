import type { NormalizedIssue } from "../../contract/issue.ts";
import { BEFORE_CREATION, findAmongNewest, findNumbered, wantedOf } from "../creation.ts";
import { isClosed } from "../label_words.ts";
import { markedBody, markerIn } from "../marker.ts";
import type { IssueChange } from "../provider.ts";
import { rejected, type RemoteCreation as Creation, whereTaken } from "../remote.ts";
import type { WrittenIssue } from "./calls.ts";
import { fieldsToWrite, requireTaken } from "./fields.ts";
import { bodyToSend, isTooLong } from "./issues.ts";
import { withoutCommands } from "./quick_actions.ts";
import { requireLinks, requireRelated, writeLinks, writeParent } from "./relations.ts";
import type { GitLabIssue } from "./schemas.ts";
import { issueIn, wholeIssue, type Work, writing } from "./work.ts";

/** Numbers after the newest issue that is listed under which a new one is looked for. */
const NUMBERS_TRIED = 100;

/** Numbers in a row that nothing has: issues that were deleted have theirs no more. */
const NUMBERS_MISSING = 5;

/** Creates an issue that names its creation, and writes what a creation cannot. */
export async function createIssue(work: Work, creation: Creation): Promise<NormalizedIssue> {
  const wanted = wholeOf(creation);
  requireLinks(wanted);
  const { fields: { state_event: _later, ...fields } } = await fieldsToWrite(
    work,
    { ...BEFORE_CREATION, kind: "issue", isDuplicate: false, marker: creation.clientId },
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
  return await findAmongNewest(
    (page: number | null) => calls.issues.newest(project, id, page ?? 1),
    (issue) => isOf(issue, creation),
  );
}

async function unlistedCreation(
  { calls: { issues }, project }: Work,
  creation: Creation,
): Promise<GitLabIssue | null> {
  const isIt = (issue: GitLabIssue) => isOf(issue, creation);
  const { entries } = await issues.newest(project, null, 1);
  // Another server of the instance may have shown less than this one does.
  const listed = entries.find(isIt);
  if (listed !== undefined) return listed;
  const after = Math.max(0, ...entries.map(({ iid }) => iid));
  return await findNumbered(
    { after, tried: NUMBERS_TRIED, missing: NUMBERS_MISSING },
    (iid) => issues.numbered(project, String(iid)),
    isIt,
  );
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
  const wanted = wholeOf(creation);
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

/** Whether there is a body or none is said, too. What has a parent is a task, unless it is said to be something else. */
function wholeOf(creation: Creation): IssueChange {
  const { body = null, issue_type, parent_ref } = creation.fields;
  const type = issue_type ?? (parent_ref == null ? undefined : "subtask");
  return { ...wantedOf(creation), body, ...(type === undefined ? {} : { issue_type: type }) };
}
