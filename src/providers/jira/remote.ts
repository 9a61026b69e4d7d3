import type { Access, ChangedPage, ListedPage, Remote, RemotePlace, Round } from "../remote.ts";
import type { NormalizedIssue } from "../../contract/issue.ts";
import { Sessions } from "../sessions.ts";
import { walkText } from "../stored.ts";
import type { Stamp } from "./calls.ts";
import { changeIssue } from "./change.ts";
import { jiraComments } from "./comments.ts";
import { createIssue, findCreation } from "./creation.ts";
import type { Edition } from "./edition.ts";
import { hasCode, JIRA_BUDGETS, NOT_TAKEN } from "./faults.ts";
import { isIn } from "./issues.ts";
import { placeFrom, placeId } from "./places.ts";
import type { JiraIssue } from "./schemas.ts";
import { type JiraAccess, type JiraCalls, jiraCalls, JiraSession } from "./session.ts";
import { jiraWebhooks } from "./webhooks.ts";
import { beginWalk, continueWalk, markText, readWalk, type Versions, type Walk } from "./walk.ts";
import { requireProject, shownIssue, shownIssues, type Work, workAt } from "./work.ts";

/** Issues of a page that are shown whole. */
const WHOLE_PAGE = 100;

/** Issues of a page of which it is only asked when they were changed: of as many a search shows the latest. */
const STAMPED_PAGE = 50;

/** Returns Jira as the host reaches it; `editionOf` says which one an access is of. */
export function jiraRemote(editionOf: (access: Access) => Edition): Remote {
  const sessions = new Sessions((access: JiraAccess) => new JiraSession(access));
  const at = (access: Access, place: RemotePlace) =>
    workAt(sessions, editionOf(access), access, place);
  const callsOf = (access: Access) => jiraCalls(access, editionOf(access), sessions.of(access));
  return {
    budgetRules: JIRA_BUDGETS,
    listChanged: (access, place, round) => listChanged(at(access, place), round),
    listAll: (access, place, cursor) => listAll(at(access, place), cursor),
    async readPlace(access, place) {
      const { session, calls, projectId } = at(access, place);
      const project = await session.project(calls, projectId, true);
      const isSame = project !== null &&
        placeId(project.self, project.id) === place.externalId;
      return isSame ? placeFrom(project) : null;
    },
    get: (access, place, id) => get(at(access, place), id),
    create: (access, place, creation) => createIssue(at(access, place), creation),
    findCreated: (access, place, creation) => findCreation(at(access, place), creation),
    change: (access, place, issue, change) => changeIssue(at(access, place), issue, change),
    comments: jiraComments(at),
    webhooks: jiraWebhooks(at, callsOf),
  };
}

async function get(work: Work, id: string): Promise<NormalizedIssue | null> {
  // What was never at Jira has another kind of id.
  if (!/^\d{1,18}$/.test(id)) return null;
  const issue = await work.calls.issues.issue(id);
  if (issue !== null) return isIn(work.place, issue) ? await shownIssue(work, issue) : null;
  // Of a project that is gone itself, or is hidden, no issue is said to be gone.
  await requireProject(work);
  return null;
}

async function listChanged(work: Work, { since, cursor }: Round): Promise<ChangedPage> {
  const walk = cursor === null ? beginWalk(since) : readWalk(cursor);
  const page = walk.since === null ? await wholePage(work, walk) : await changedPage(work, walk);
  // Of a project that it does not reach, Jira may list nothing.
  if (cursor === null && page.times.length === 0) await requireProject(work);
  const versions: Record<string, number> = { ...page.known };
  for (const issue of page.issues) versions[issue.id] = updatedOf(issue);
  const { next, mark } = continueWalk(walk, { times: page.times, versions, next: page.next });
  const here = page.issues.filter((issue) => isIn(work.place, issue));
  return {
    issues: await shownIssues(work, here),
    removed: page.issues.filter((issue) => !isIn(work.place, issue)).map(({ id }) => id),
    cursor: next === null ? null : walkText(next),
    highWater: mark === null ? null : markText(mark),
  };
}

interface Page {
  readonly issues: readonly JiraIssue[];
  /** Issues of the page that the host has as they are. */
  readonly known: Versions;
  readonly times: readonly number[];
  readonly next: string | null;
}

async function wholePage({ calls, projectId }: Work, walk: Walk): Promise<Page> {
  const { issues, next } = await calls.issues.search({
    jql: jqlOf(projectId, walk),
    after: walk.after,
    size: WHOLE_PAGE,
  });
  const { known, unknown } = apart(walk, issues);
  const wanted = new Set(unknown);
  return {
    issues: issues.filter(({ id }) => wanted.has(id)),
    known,
    times: issues.map(updatedOf),
    next,
  };
}

/** What the round or the page before has seen, and has not changed since, is not asked for again. */
async function changedPage({ calls, projectId }: Work, walk: Walk): Promise<Page> {
  const stamps = await calls.issues.stamps({
    jql: jqlOf(projectId, walk),
    after: walk.after,
    size: STAMPED_PAGE,
  });
  const { known, unknown } = apart(walk, stamps.issues);
  const issues = await issuesOf(calls, unknown);
  return { issues, known, times: stamps.issues.map(updatedOf), next: stamps.next };
}

/** Jira takes no query that names an issue that is gone: then they are read one by one. */
async function issuesOf(
  { issues }: JiraCalls,
  ids: readonly string[],
): Promise<readonly JiraIssue[]> {
  if (ids.length === 0) return [];
  const jql = `id in (${ids.join(", ")})`;
  try {
    return (await issues.search({ jql, after: null, size: STAMPED_PAGE, fresh: ids })).issues;
  } catch (error) {
    if (!hasCode(error, NOT_TAKEN)) throw error;
  }
  const found: JiraIssue[] = [];
  for (const id of ids) {
    const issue = await issues.issue(id);
    if (issue !== null) found.push(issue);
  }
  return found;
}

/** Tells the issues that were seen as they are from the others. */
function apart(
  walk: Walk,
  issues: readonly Stamp[],
): { readonly known: Versions; readonly unknown: readonly string[] } {
  const known: Record<string, number> = {};
  const unknown: string[] = [];
  for (const issue of issues) {
    const { id } = issue;
    const updated = updatedOf(issue);
    if (walk.known[id] === updated || walk.tail[id] === updated) known[id] = updated;
    else unknown.push(id);
  }
  return { known, unknown };
}

function updatedOf({ fields }: Stamp): number {
  return fields.updated;
}

/** Times are given in milliseconds: as text they would be in the zone of the credential's owner. */
function jqlOf(projectId: string, { since, until }: Pick<Walk, "since" | "until">): string {
  return [
    `project = ${projectId}`,
    ...(since === null ? [] : [`updated >= ${since}`]),
    ...(until === null ? [] : [`updated < ${until}`]),
  ].join(" AND ") + " ORDER BY updated DESC, key DESC";
}

async function listAll(work: Work, cursor: string | null): Promise<ListedPage> {
  const { calls, projectId, place } = work;
  const { issues, next } = await calls.issues.search({
    jql: `project = ${projectId} ORDER BY key ASC`,
    after: cursor,
    size: WHOLE_PAGE,
  });
  if (cursor === null && issues.length === 0) await requireProject(work);
  const here = issues.filter((issue) => isIn(place, issue));
  return {
    ids: here.map(({ id }) => id),
    issues: await shownIssues(work, here),
    cursor: next,
  };
}
