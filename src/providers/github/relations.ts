import type { ExternalRef, IssueLink } from "../../contract/issue.ts";
import type { IssueChange } from "../provider.ts";
import { changedLinks, EACH_WRITE, isSameIssue, newlyRelated, type Relations } from "../refs.ts";
import { rejected } from "../remote.ts";
import { isGone } from "../rest.ts";
import { issueIn, type Work } from "./work.ts";

/** An issue whose parent and links are written. */
export interface Related extends Relations {
  readonly number: string;
  /** GitHub's own id of the issue, which is not its number. */
  readonly id: number;
}

/**
 * Refuses links that GitHub does not have.
 *
 * @throws {ProviderError} `rejected`.
 */
export function requireLinks({ links_add = [], links_remove = [] }: IssueChange): void {
  for (const { type } of [...links_add, ...links_remove]) {
    if (type === "blocks" || type === "blocked_by") continue;
    throw rejected("link_unknown", `GitHub has no link "${type}" between issues`);
  }
}

/**
 * Finds out whether the issues are there that a change makes a parent or links to, so that nothing is written of a change
 * that cannot be written whole.
 *
 * @throws {ProviderError} `rejected` when one is not.
 */
export async function requireRelated(
  work: Work,
  issue: Relations,
  change: IssueChange,
): Promise<void> {
  for (const ref of newlyRelated(issue, change)) await idOf(work, repositoryOf(work, ref), ref);
}

/** Writes the parent and the links of an issue, as far as they differ; `one` does each of the writes. */
export async function writeRelations(
  work: Work,
  issue: Related,
  change: IssueChange,
  one = EACH_WRITE,
): Promise<void> {
  const { parent_ref } = change;
  if (parent_ref !== undefined && !isSameIssue(parent_ref, issue.parent)) {
    await one(() => writeParent(work, issue, parent_ref));
  }
  const { removed, added } = changedLinks(issue, change);
  for (const link of removed) await one(() => writeLink(work, issue, link, "remove"));
  for (const link of added) await one(() => writeLink(work, issue, link, "add"));
}

async function writeParent(
  work: Work,
  { id, parent }: Related,
  wanted: ExternalRef | null,
): Promise<void> {
  const { issues } = work.calls;
  if (wanted !== null) {
    await related(wanted, () => issues.addChild(repositoryOf(work, wanted), wanted.id, id));
  } else if (parent !== null) await issues.removeChild(repositoryOf(work, parent), parent.id, id);
}

async function writeLink(
  work: Work,
  { number, id }: Related,
  { type, ref }: IssueLink,
  way: "add" | "remove",
): Promise<void> {
  const { name, calls: { issues } } = work;
  const other = repositoryOf(work, ref);
  const blocker = type === "blocked_by" ? await idOf(work, other, ref) : id;
  const [repository, blocked] = type === "blocked_by" ? [name, number] : [other, ref.id];
  if (way === "add") await related(ref, () => issues.addBlocker(repository, blocked, blocker));
  else await issues.removeBlocker(repository, blocked, blocker);
}

async function idOf(work: Work, repository: string, ref: ExternalRef) {
  const { workspace: repositoryId, id: number } = ref;
  const issue = await issueIn(work, { repository, repositoryId, number });
  if (issue !== null) return issue.id;
  throw notThere(ref);
}

/** Relates an issue to another one, which may be gone by now. */
async function related(other: ExternalRef, write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (error) {
    throw isGone(error) ? notThere(other) : error;
  }
}

function notThere({ key, id }: ExternalRef) {
  return rejected("link_unknown", `GitHub has no issue "${key ?? id}" to link`);
}

/** Returns the repository of an issue; one of another repository is known by its key, `owner/name#7`. */
function repositoryOf({ place, name }: Work, { workspace, key, id }: ExternalRef): string {
  if (workspace === place.workspace) return name;
  const other = /^([^/#\s]+\/[^/#\s]+)#\d+$/.exec(key ?? "")?.[1];
  if (other !== undefined) return other;
  throw rejected("issue_not_found", `No repository is known for the issue "${key ?? id}"`);
}
