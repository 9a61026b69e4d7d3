import type { NormalizedIssue } from "../../contract/issue.ts";
import type { Relations } from "../refs.ts";
import { type Access, ProviderError, type RemotePlace } from "../remote.ts";
import { refOf } from "./issues.ts";
import { issueFrom } from "./issues.ts";
import type { GitHubCalls, GitHubSession, GitHubSessions } from "./session.ts";
import { repositoryIn } from "./calls.ts";
import type { GitHubIssue, GitHubRepository } from "./schemas.ts";

/** What work on the issues of a repository takes. */
export interface Work {
  readonly access: Access;
  readonly session: GitHubSession;
  readonly calls: GitHubCalls;
  /** The place under the name that the repository has now. */
  readonly place: RemotePlace;
  readonly repository: GitHubRepository;
  /** `owner/name`. */
  readonly name: string;
}

/**
 * Works on a repository under the name that it has now. A write that meets a name which has just changed is not followed
 * by GitHub, and nothing was done: it is made once more under the new one. A repository that has just been taken away, or
 * has its issues turned off, is told as such.
 *
 * @throws {ProviderError} `rejected` when it is gone, or has its issues turned off.
 */
export async function atPlace<T>(
  sessions: GitHubSessions,
  access: Access,
  place: RemotePlace,
  work: (work: Work) => Promise<T>,
): Promise<T> {
  const session = sessions.of(access);
  const calls = session.calls(access);
  const at = async (isFresh: boolean): Promise<Work> => {
    const repository = await session.repositoryOf(calls, place, isFresh);
    const { full_name: name, html_url: url } = repository;
    return {
      access,
      session,
      calls,
      repository,
      name,
      place: { ...place, key: name, url: url.replace(/\/+$/, "") },
    };
  };
  const first = await at(false);
  try {
    return await work(first);
  } catch (error) {
    if (!mayHaveChanged(error)) throw error;
    const second = await at(true);
    if (second.name === first.name) throw error;
    return await work(second);
  }
}

/** An issue of a repository: `owner/name`, as that was called, and its own id. */
export interface NumberedIssue {
  readonly repository: string;
  readonly repositoryId: string;
  readonly number: string;
}

/**
 * Returns an issue; `null` when it is gone, was moved to another repository, or is a pull request. A moved one answers
 * from its new place; so does one whose repository has just got another name, and that is there still.
 */
export async function issueIn(
  { session, calls }: Pick<Work, "session" | "calls">,
  { repository, repositoryId, number }: NumberedIssue,
): Promise<GitHubIssue | null> {
  const issue = await calls.issues.numbered(repository, number);
  if (issue === null || issue === "deleted" || issue.pull_request !== undefined) return null;
  if (String(issue.number) !== number) return null;
  const answered = repositoryIn(issue.repository_url);
  if (answered === null || answered.toLowerCase() === repository.toLowerCase()) return issue;
  const now = await session.repository(calls, answered, true);
  return now !== null && String(now.id) === repositoryId ? issue : null;
}

/** How GitHub answers where a repository has another name, is gone, or has its issues turned off. */
const CHANGED_PLACE: readonly string[] = ["http_301", "http_404", "http_410"];

function mayHaveChanged(error: unknown): boolean {
  return error instanceof ProviderError && error.fault.kind === "rejected" &&
    CHANGED_PLACE.includes(error.fault.code);
}

/** Returns issues with their parents and links, in the words of all providers. */
export async function wholeIssues(
  work: Work,
  issues: readonly GitHubIssue[],
): Promise<NormalizedIssue[]> {
  const found: NormalizedIssue[] = [];
  for (const issue of issues) {
    // Pull requests stand in the same lists.
    if (issue.pull_request !== undefined) continue;
    // Most have none, and there are many: they wait for nothing.
    found.push(isRelated(issue) ? await wholeIssue(work, issue) : unrelatedIssue(work, issue));
  }
  return found;
}

/** Returns an issue with its parent and links. */
export async function wholeIssue(work: Work, issue: GitHubIssue): Promise<NormalizedIssue> {
  const relations = await relationsOf(work, issue);
  return issueFrom(work.place, issue, work.access.statusWords, relations);
}

function isRelated({ parent_issue_url, issue_dependencies_summary: counts }: GitHubIssue): boolean {
  return parent_issue_url != null ||
    (counts != null && counts.total_blocked_by + counts.total_blocking > 0);
}

function unrelatedIssue({ place, access }: Work, issue: GitHubIssue): NormalizedIssue {
  return issueFrom(place, issue, access.statusWords, { parent: null, links: [] });
}

async function relationsOf(work: Work, issue: GitHubIssue): Promise<Relations> {
  const { calls: { issues }, name } = work;
  const number = String(issue.number);
  const parent = await refAt(work, issue.parent_issue_url);
  const { total_blocked_by = 0, total_blocking = 0 } = issue.issue_dependencies_summary ?? {};
  const blockers = total_blocked_by > 0
    ? await issues.dependencies(name, number, "blocked_by")
    : [];
  const blocked = total_blocking > 0 ? await issues.dependencies(name, number, "blocking") : [];
  const links: Relations["links"][number][] = [];
  for (const [type, others] of [["blocked_by", blockers], ["blocks", blocked]] as const) {
    for (const other of others) {
      const ref = await refAt(work, addressOf(other));
      if (ref !== null) links.push({ type, ref });
    }
  }
  return { parent, links };
}

function addressOf({ repository_url, number }: GitHubIssue): string {
  return `${repository_url ?? ""}/issues/${number}`;
}

/** Returns the name of the issue at an address; `null` for one that the credential does not reach. */
async function refAt(
  { session, calls, place, name }: Work,
  url: string | null | undefined,
): Promise<Relations["parent"]> {
  const number = Number(/\/issues\/(\d{1,15})$/.exec(url ?? "")?.[1] ?? NaN);
  if (Number.isNaN(number)) return null;
  const repository = repositoryIn(url) ?? name;
  if (repository.toLowerCase() === name.toLowerCase()) return refOf(place, number);
  const other = await session.repository(calls, repository);
  if (other === null) return null;
  const { id, full_name, html_url } = other;
  return {
    system: "github",
    workspace: String(id),
    id: String(number),
    key: `${full_name}#${number}`,
    url: `${html_url}/issues/${number}`,
  };
}
