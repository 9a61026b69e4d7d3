import { blankIssue, type NormalizedIssue } from "../../contract/issue.ts";
import { patchedIssue } from "../../contract/patch.ts";
import type { IssueChange } from "../provider.ts";
import { isClosed } from "../label_words.ts";
import { markedBody, markerIn } from "../marker.ts";
import { rejected, type RemoteCreation as Creation, whereTaken } from "../remote.ts";
import type { WrittenIssue } from "./calls.ts";
import { type Before, fieldsToWrite, requireTaken } from "./fields.ts";
import { isTooLong, refOf } from "./issues.ts";
import { requireLinks, requireRelated, writeRelations } from "./relations.ts";
import type { GitHubIssue } from "./schemas.ts";
import { closedAs } from "./words.ts";
import { issueIn, wholeIssue, type Work } from "./work.ts";

/** Pages of the newest issues that are looked through for one that was created. */
const PAGES_LOOKED_THROUGH = 10;

/** Numbers after the newest issue that is listed under which a new one is looked for. */
const NUMBERS_TRIED = 20;

/** Creates an issue that names its creation, and writes what a creation cannot. */
export async function createIssue(work: Work, creation: Creation): Promise<NormalizedIssue> {
  const wanted = wantedOf(work, creation);
  requireLinks(wanted);
  const { state: _state, state_reason: _reason, ...fields } = await fieldsToWrite(
    work,
    beforeCreation(creation.clientId),
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
  let next: string | null = null;
  for (let page = 0; page < PAGES_LOOKED_THROUGH; page++) {
    const newest: Awaited<ReturnType<typeof calls.issues.newest>> = await calls.issues.newest(
      name,
      account,
      next,
    );
    const found = newest.entries.find((issue) => isOf(issue, creation));
    if (found !== undefined) return found;
    ({ next } = newest);
    if (next === null) return null;
  }
  return null;
}

/** Lists show a new issue late, its own address does not: what comes after the newest one that is listed is read so. */
async function unlistedCreation(
  { calls, name }: Work,
  creation: Creation,
): Promise<GitHubIssue | null> {
  const { entries } = await calls.issues.newest(name, null, null);
  // Since it was looked for in the other list, this one may show it.
  const listed = entries.find((issue) => isOf(issue, creation));
  if (listed !== undefined) return listed;
  const last = Math.max(0, ...entries.map(({ number }) => number));
  for (let number = last + 1; number <= last + NUMBERS_TRIED; number++) {
    const issue = await calls.issues.numbered(name, String(number));
    if (issue === null) return null;
    if (issue === "deleted") continue;
    if (isOf(issue, creation)) return issue;
  }
  return null;
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
  const wanted = wantedOf(work, creation);
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

/** Sets are given whole. */
function wantedOf({ place }: Work, { fields }: Creation): IssueChange {
  const { labels, assignees } = patchedIssue(blankIssue(refOf(place, 0), ""), fields);
  const { labels_add: _l, labels_remove: _m, assignees_add: _a, assignees_remove: _b, ...rest } =
    fields;
  return { ...rest, body: fields.body ?? null, labels, assignees };
}

function beforeCreation(marker: string): Before {
  return {
    number: null,
    status: "todo",
    type: "task",
    priority: 0,
    labels: [],
    hiddenLabels: [],
    assignees: [],
    marker,
  };
}
