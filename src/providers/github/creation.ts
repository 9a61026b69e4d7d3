import type { NormalizedIssue } from "../../contract/issue.ts";
import { BEFORE_CREATION, findAmongNewest, findNumbered, wantedOf } from "../creation.ts";
import type { IssueChange } from "../provider.ts";
import { isClosed } from "../label_words.ts";
import { markedBody, markerIn } from "../marker.ts";
import { rejected, type RemoteCreation as Creation, whereTaken } from "../remote.ts";
import type { WrittenIssue } from "./calls.ts";
import { fieldsToWrite, requireTaken } from "./fields.ts";
import { isTooLong } from "./issues.ts";
import { requireLinks, requireRelated, writeRelations } from "./relations.ts";
import type { GitHubIssue } from "./schemas.ts";
import { closedAs } from "./words.ts";
import { issueIn, wholeIssue, type Work } from "./work.ts";

/** Numbers after the newest issue that is listed under which a new one is looked for. */
const NUMBERS_TRIED = 20;

/** Creates an issue that names its creation, and writes what a creation cannot. */
export async function createIssue(work: Work, creation: Creation): Promise<NormalizedIssue> {
  const wanted = wholeOf(creation);
  requireLinks(wanted);
  const { state: _state, state_reason: _reason, ...fields } = await fieldsToWrite(
    work,
    { ...BEFORE_CREATION, number: null, marker: creation.clientId },
    wanted,
  );
  await requireRelated(work, { parent: null, links: [] }, wanted);
  const body = isLong(creation) ? markedBody(null, creation.clientId) : fields.body;
  const first: WrittenIssue & { readonly title: string } = {
    ...fields,
    title: creation.fields.title,
    body: body ?? markedBody(null, creation.clientId),
  };
  const created = await work.calls.issues.create(work.name, first);
  requireTaken(work, fields, created);
  return await finish(work, created, creation);
}

/** Finds the issue of a creation whose answer was lost, and writes what was not written then. */
export async function findCreation(
  work: Work,
  creation: Creation,
): Promise<NormalizedIssue | null> {
  const found = await listedCreation(work, creation) ?? await unlistedCreation(work, creation);
  return found === null ? null : await finish(work, found, creation);
}

async function listedCreation(work: Work, creation: Creation): Promise<GitHubIssue | null> {
  const { session, calls, name } = work;
  const account = await session.account(calls);
  return await findAmongNewest(
    (next: string | null) => calls.issues.newest(name, account?.login ?? null, next),
    (issue) => isOf(issue, creation),
  );
}

async function unlistedCreation(
  { calls: { issues }, name }: Work,
  creation: Creation,
): Promise<GitHubIssue | null> {
  const isIt = (issue: GitHubIssue) => isOf(issue, creation);
  const { entries } = await issues.newest(name, null, null);
  // Since it was looked for in the other list, this one may show it.
  const listed = entries.find(isIt);
  if (listed !== undefined) return listed;
  const after = Math.max(0, ...entries.map(({ number }) => number));
  return await findNumbered(
    { after, tried: NUMBERS_TRIED, missing: 1 },
    (number) => issues.numbered(name, String(number)),
    isIt,
  );
}

/** A body with no room for the line that names it comes last, and is known by itself. */
function isOf(issue: GitHubIssue, creation: Creation): boolean {
  return markerIn(issue.body) === creation.clientId ||
    isLong(creation) && issue.body === creation.fields.body &&
      issue.title === creation.fields.title;
}

async function finish(
  work: Work,
  created: GitHubIssue,
  creation: Creation,
): Promise<NormalizedIssue> {
  const { calls: { issues }, name } = work;
  const wanted = wholeOf(creation);
  const before = await wholeIssue(work, created);
  const number = String(created.number);
  const related = { number, id: created.id, parent: before.parent_ref, links: before.links };
  await writeRelations(work, related, wanted, whereTaken);
  const { status = "todo" } = wanted;
  const rest: WrittenIssue = {
    ...(isClosed(status) && created.state !== "closed"
      ? { state: "closed", state_reason: closedAs(status) }
      : {}),
    ...(isLong(creation) && created.body !== creation.fields.body
      ? { body: creation.fields.body ?? "" }
      : {}),
  };
  if (Object.keys(rest).length > 0) await issues.update(name, number, rest);
  const { externalId: repositoryId } = work.place;
  const after = await issueIn(work, { repository: name, repositoryId, number });
  if (after === null) throw rejected("issue_not_found", `The new issue #${number} is gone`);
  return await wholeIssue(work, after);
}

/** Whether a body is short enough, but not with the line that names the creation. */
function isLong({ clientId, fields: { body } }: Creation): boolean {
  return body != null && !isTooLong(body) && isTooLong(markedBody(body, clientId));
}

/** Whether there is a body or none is said, too. */
function wholeOf(creation: Creation): IssueChange {
  return { ...wantedOf(creation), body: creation.fields.body ?? null };
}
