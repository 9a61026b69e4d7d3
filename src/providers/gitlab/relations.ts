import type { ExternalRef, IssueLink } from "../../contract/issue.ts";
import type { IssueChange } from "../provider.ts";
import { changedLinks, EACH_WRITE, isSameIssue, newlyRelated, type Relations } from "../refs.ts";
import { ProviderError, rejected } from "../remote.ts";
import { isGone } from "../rest.ts";
import { LINK_WORDS, linkIn } from "./related.ts";
import { issueIn, type Work } from "./work.ts";

/** An issue whose parent and links are written. */
export interface Related extends Relations {
  readonly iid: string;
  /** GitLab's own id of the issue, which is not its number. */
  readonly id: number;
}

/**
 * Refuses links that GitLab does not have.
 *
 * @throws {ProviderError} `rejected`.
 */
export function requireLinks({ links_add = [], links_remove = [] }: IssueChange): void {
  for (const { type } of [...links_add, ...links_remove]) {
    if (LINK_WORDS[type] !== undefined) continue;
    throw rejected("link_unknown", `GitLab has no link "${type}" between issues`);
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
  for (const ref of newlyRelated(issue, change)) await idOf(work, ref);
}

/** Writes the links of an issue, as far as they differ; `one` does each of the writes. */
export async function writeLinks(
  work: Work,
  issue: Related,
  change: IssueChange,
  one = EACH_WRITE,
): Promise<void> {
  const { removed, added } = changedLinks(issue, change);
  for (const link of removed) await one(() => removeLink(work, issue, link));
  for (const link of added) await one(() => addLink(work, issue, link));
}

/** Writes the parent of an issue where it differs. */
export async function writeParent(
  work: Work,
  { id, parent }: Related,
  { parent_ref: wanted }: IssueChange,
  one = EACH_WRITE,
): Promise<void> {
  if (wanted === undefined || isSameIssue(wanted, parent)) return;
  await one(async () =>
    work.calls.graph.setParent(id, wanted === null ? null : await idOf(work, wanted))
  );
}

async function addLink(work: Work, { iid }: Related, { type, ref }: IssueLink): Promise<void> {
  const word = LINK_WORDS[type];
  if (word === undefined) return;
  const to = { type: word, toProject: ref.workspace, toIid: ref.id };
  try {
    await work.calls.issues.addLink(work.project, iid, to);
  } catch (error) {
    if (isGone(error)) throw notThere(ref);
    if (!isConflict(error)) throw error;
    const words = `GitLab has another link between #${iid} and "${ref.key ?? ref.id}"`;
    throw rejected("not_taken", words);
  }
}

async function removeLink(work: Work, { iid }: Related, { type, ref }: IssueLink): Promise<void> {
  const { issues } = work.calls;
  const found = (await issues.links(work.project, iid)).find((linked) =>
    String(linked.project_id) === ref.workspace && String(linked.iid) === ref.id &&
    linkIn(linked.link_type) === type
  );
  if (found !== undefined) await issues.removeLink(work.project, iid, found.issue_link_id);
}

/** The number of a project is the workspace of its issues. */
async function idOf(work: Work, ref: ExternalRef): Promise<number> {
  const isGitLabs = ref.system === "gitlab" && /^\d+$/.test(ref.workspace) && /^\d+$/.test(ref.id);
  const issue = isGitLabs && isAtServer(work, ref)
    ? await issueIn(work, ref.workspace, ref.id)
    : null;
  if (issue === null) throw notThere(ref);
  return issue.id;
}

/** Other instances of GitLab number their projects for themselves. */
function isAtServer({ place }: Work, { url }: ExternalRef): boolean {
  const origin = URL.parse(url ?? "")?.origin;
  return origin === undefined || origin === URL.parse(place.url)?.origin;
}

function notThere({ key, id }: ExternalRef): ProviderError {
  return rejected("link_unknown", `GitLab has no issue "${key ?? id}" to link`);
}

function isConflict(error: unknown): boolean {
  return error instanceof ProviderError && error.fault.kind === "rejected" &&
    error.fault.code === "http_409";
}
