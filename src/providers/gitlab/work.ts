import type { NormalizedIssue } from "../../contract/issue.ts";
import type { Relations } from "../refs.ts";
import { type Access, rejected, type RemotePlace } from "../remote.ts";
import { PERMISSION_MISSING } from "../rest.ts";
import { issueFrom } from "./issues.ts";
import { isForbidden } from "./place_calls.ts";
import { relationsOf } from "./related.ts";
import type { GitLabIssue } from "./schemas.ts";
import type { GitLabCalls, GitLabSession, GitLabSessions } from "./session.ts";
import { isHere } from "./words.ts";

/** What work on the issues of a project takes. */
export interface Work {
  readonly access: Access;
  readonly session: GitLabSession;
  readonly calls: GitLabCalls;
  readonly place: RemotePlace;
  /** The number of the project: its path may change meanwhile. */
  readonly project: string;
}

/** Returns what work on a project takes. */
export function workAt(sessions: GitLabSessions, access: Access, place: RemotePlace): Work {
  const session = sessions.of(access);
  return { access, session, calls: session.calls(access), place, project: place.externalId };
}

/**
 * Writes to a project, and says why it may not be written to: GitLab says that something is forbidden, and nothing of
 * why.
 *
 * @throws {ProviderError} `rejected` as `permission_missing`.
 */
export async function writing<T>(work: Work, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (!isForbidden(error)) throw error;
    const { archived, path_with_namespace: path } = await work.session.projectOf(
      work.calls,
      work.place,
      true,
    );
    const words = archived === true
      ? `"${path}" is archived at GitLab, and nothing can be written there`
      : `The credential may not do that in "${path}"; the role Planner, Reporter or a higher one may`;
    throw rejected(PERMISSION_MISSING, words);
  }
}

/** Returns an issue of the project; `null` when it is gone, was moved to another project, or is none. */
export async function issueIn({ calls }: Work, project: string, iid: string) {
  const issue = await calls.issues.numbered(project, iid);
  return issue === null || !isHere(issue) ? null : issue;
}

/** Returns issues with their parents and links, in the words of all providers. */
export async function wholeIssues(
  work: Work,
  issues: readonly GitLabIssue[],
): Promise<NormalizedIssue[]> {
  const here = issues.filter(isHere);
  const relations = await relationsOf(work, here);
  return here.map((issue) =>
    issueFrom(work.place, issue, work.access.statusWords, relations.get(issue.iid) ?? ALONE)
  );
}

const ALONE: Relations = { parent: null, links: [] };

/** Returns an issue with its parent and links. */
export async function wholeIssue(work: Work, issue: GitLabIssue): Promise<NormalizedIssue> {
  const relations = await relationsOf(work, [issue]);
  return issueFrom(
    work.place,
    issue,
    work.access.statusWords,
    relations.get(issue.iid) ?? ALONE,
  );
}
