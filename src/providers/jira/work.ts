import type { NormalizedIssue } from "../../contract/issue.ts";
import type { Access, RemotePlace } from "../remote.ts";
import type { Edition } from "./edition.ts";
import { rejected } from "./faults.ts";
import { isIn, issueFrom, otherProjects } from "./issues.ts";
import { placeId, projectIdOf } from "./places.ts";
import { Priorities } from "./priorities.ts";
import type { JiraIssue, JiraProject } from "./schemas.ts";
import {
  type JiraCalls,
  jiraCalls,
  type JiraSession,
  type JiraSessions,
  type NamedIssue,
} from "./session.ts";
import { priorityIn } from "./words.ts";

/** What priorities are by their names alone. */
const NAMED_PRIORITIES = new Priorities([]);

/** What the work at a place needs. */
export interface Work {
  readonly access: Access;
  readonly edition: Edition;
  readonly session: JiraSession;
  readonly calls: JiraCalls;
  readonly place: RemotePlace;
  /** The site's own number of the project. */
  readonly projectId: string;
}

/** Returns what the work at a place needs. */
export function workAt(
  sessions: JiraSessions,
  edition: Edition,
  access: Access,
  place: RemotePlace,
): Work {
  const session = sessions.of(access);
  const calls = jiraCalls(access, edition, session);
  return { access, edition, session, calls, place, projectId: projectIdOf(place) };
}

/**
 * Returns the project, also to tell an issue that is gone from a project that is.
 *
 * @throws {ProviderError} `rejected` when it is gone, hidden or archived.
 */
export async function requireProject(work: Work, isFresh = true): Promise<JiraProject> {
  const { session, calls, place, projectId } = work;
  const project = await session.project(calls, projectId, isFresh);
  if (project === null || placeId(project.self, project.id) !== place.externalId) {
    const words = `The project "${place.key}" is not there, or the credential does not reach it`;
    throw rejected("place_gone", words);
  }
  // Its issues are there, but no search shows them, and none can be written.
  if (project.archived === true) {
    throw rejected("place_gone", `The project "${project.key}" is archived at Jira`);
  }
  return project;
}

/**
 * Checks that an issue is in the project before it is written: people may have moved it away since it was listed.
 *
 * @throws {ProviderError} `rejected` when it is in another one.
 */
export function requireHere({ place }: Work, issue: JiraIssue): void {
  if (isIn(place, issue)) return;
  throw rejected("issue_not_found", `The issue ${issue.key} is gone from the project`);
}

/** Returns issues in the words of all providers. */
export async function shownIssues(
  work: Work,
  issues: readonly JiraIssue[],
): Promise<readonly NormalizedIssue[]> {
  const { access, edition, session, calls } = work;
  const epics = await epicsOf(work, issues);
  const places = new Map<string, string | null>();
  const keys = issues.flatMap((issue) => otherProjects(issue, epics.get(issue.id) ?? null));
  for (const key of new Set(keys)) {
    const project = await session.project(calls, key);
    places.set(key, project === null ? null : placeId(project.self, project.id));
  }
  // The site is asked only for what no name says.
  const isUnsaid = issues.some(({ fields: { priority } }) =>
    priority != null && priorityIn(priority.name) === null
  );
  const showing = {
    priorities: isUnsaid ? await session.priorities(calls) : NAMED_PRIORITIES,
    texts: edition.texts,
    epicOf: ({ id }: JiraIssue) => epics.get(id) ?? null,
    words: access.statusWords,
    placeOf: (key: string) => places.get(key) ?? null,
  };
  return issues.map((issue) => issueFrom(issue, showing));
}

/** Returns the epics that issues are below, by the ids of those, where a field of the site's own says so. */
async function epicsOf(
  { session, calls, edition }: Work,
  issues: readonly JiraIssue[],
): Promise<ReadonlyMap<string, NamedIssue>> {
  const epics = new Map<string, NamedIssue>();
  const field = await session.epicLink(calls, edition);
  if (field === null) return epics;
  for (const { id, fields } of issues) {
    const key = fields[field];
    const epic = typeof key === "string" && key !== "" ? await session.epic(calls, key) : null;
    if (epic !== null) epics.set(id, epic);
  }
  return epics;
}

/** Returns an issue in the words of all providers. */
export async function shownIssue(work: Work, issue: JiraIssue): Promise<NormalizedIssue> {
  const [shown] = await shownIssues(work, [issue]);
  if (shown === undefined) throw rejected("issue_not_found", "The issue is gone from Jira");
  return shown;
}
