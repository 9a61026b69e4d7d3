import { basename, join } from "../platform/paths.ts";
import type { Platform } from "../platform/platform.ts";
import { activeMission } from "../project/active_mission.ts";
import { gitFacts } from "../project/git.ts";
import { missionsDirectory } from "../project/mission_lock.ts";
import { originTicketOf, readMeta } from "../project/mission_meta.ts";
import { type IssueNames, type NamedIssue, nameOf } from "../store/issue_names.ts";
import { ticketBranch } from "./branches.ts";

/** The issues that the work at hand is about. */
export type IssuesAtHand =
  /** The ticket that the mission of the branch starts from; none where it is not cached. */
  | {
    readonly kind: "mission";
    /** The name of its directory. */
    readonly mission: string;
    /** The ticket's key. */
    readonly key: string;
    readonly issues: readonly NamedIssue[];
  }
  /** What the branch is called after; `branch` is `null` where none is checked out. */
  | {
    readonly kind: "branch";
    readonly branch: string | null;
    readonly issues: readonly NamedIssue[];
  };

/**
 * Returns the issues that the work at hand is about: the ticket of the current mission, else those that the branch is
 * called after. Reads the repository's files alone.
 *
 * @throws {TrackerError} `meta_invalid`, `not_a_file`, `file_too_large` for the current mission.
 */
export async function issuesAtHand(
  platform: Pick<Platform, "files">,
  root: string,
  names: IssueNames,
): Promise<IssuesAtHand> {
  const mission = await activeMission(platform, root);
  if (mission !== null) {
    const missionDir = join(missionsDirectory(root), mission);
    const ticket = originTicketOf(await readMeta(platform, missionDir));
    if (ticket !== null) {
      const key = ticket.external_issue_key;
      const issue = names.withId(ticket.external_issue_id);
      const issues = issue === null ? [] : [issue];
      return { kind: "mission", mission: basename(missionDir), key, issues };
    }
  }
  const { branch } = await gitFacts(platform, root);
  const issues = branch === null ? [] : issuesOfBranch(branch, names.within(dashed(branch)));
  return { kind: "branch", branch, issues };
}

/**
 * Returns those of the issues that a branch is called after: the one whose branch has this very name, else those whose
 * key begins a part of it, else those whose key stands in it. A mere number counts at the beginning of a part, or behind
 * `#` or a word such as `issue`.
 *
 * @example
 * ```ts
 * import { issuesOfBranch } from "./named_issue.ts";
 *
 * const issue = { id: "i-12", key: "WEB-12", title: "Login", status: "todo" };
 * issuesOfBranch("mei/web-12-login", [issue]); // [issue]
 * issuesOfBranch("web-120", [issue]); // []
 * ```
 */
export function issuesOfBranch(
  branch: string,
  issues: readonly NamedIssue[],
): readonly NamedIssue[] {
  const parts = branch.toLowerCase().split("/");
  const isOwn = (issue: NamedIssue) =>
    parts.includes(ticketBranch({ key: nameOf(issue), title: issue.title }).toLowerCase());
  const own = issues.filter(isOwn);
  if (own.length > 0) return own;
  const dashedParts = parts.map(dashed);
  const begins = (slug: string) => dashedParts.some((part) => `${part}-`.startsWith(`${slug}-`));
  const stands = (slug: string) =>
    /\D/.test(slug) && dashedParts.some((part) => `-${part}-`.includes(`-${slug}-`));
  const told = (number: string) =>
    new RegExp(`#${number}(?!\\d)`).test(branch) ||
    dashedParts.some((part) => new RegExp(`(?:^|-)${WORDS}-${number}(?:-|$)`).test(part));
  const found = issues.flatMap((issue) => {
    const slug = dashed(nameOf(issue));
    const number = /#(\d+)$/.exec(nameOf(issue))?.[1];
    if (begins(slug)) return [{ issue, slug, isFirst: true }];
    if (number !== undefined && (begins(number) || told(number))) {
      return [{ issue, slug: number, isFirst: begins(number) }];
    }
    return stands(slug) ? [{ issue, slug, isFirst: false }] : [];
  });
  const some = found.some(({ isFirst }) => isFirst) ? found.filter((one) => one.isFirst) : found;
  // `bd-7.1` is called after `bd-7`; the longer name is the one that is meant.
  return some
    .filter(({ slug }) => !some.some((other) => other.slug.startsWith(`${slug}-`)))
    .map(({ issue }) => issue);
}

const WORDS = "(?:issues?|gh|gl|ticket)";

/** What is neither letter nor digit becomes a dash, as in the name of a branch. */
function dashed(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "");
}
