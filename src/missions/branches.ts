import { withoutEscapes } from "../platform/invisible.ts";
import { kebabWords } from "./slug.ts";
import { type Git, openGit } from "./git_command.ts";
import { MissionCreationError } from "./mission_error.ts";
import type { Platform } from "../platform/platform.ts";
import { TrackerError } from "../platform/tracker_error.ts";

/** What a branch is named after. */
export interface BranchSubject {
  /** The name of the mission's directory; `null` for a ticket without a mission. */
  readonly directory: string | null;
  /** The ticket's key; empty for a mission without a ticket. */
  readonly key: string;
  /** The ticket's title, or the mission's slug. */
  readonly title: string;
}

/** A branch that work is done on. */
export type WorkBranch = {
  /** Its name, without `refs/heads/`. */
  readonly name: string;
  /** The branch that was checked out before; `null` where none was. */
  readonly from: string | null;
  /** Whether it was created, rather than found. */
  readonly isNew: boolean;
};

const MISSION_BRANCHES = "kitty/mission-";

/** The longest name of a branch that is made of a ticket, in characters. */
const MAX_NAME_LENGTH = 80;

/**
 * Names a branch as the repository names its others: `kitty/mission-` and the mission's directory where spec-kitty has made
 * such branches, else by the ticket's key and the first words of its title. spec-kitty 3 keeps `kitty/mission-` of a mission
 * that is named by its id for itself, and merges that branch into the mission's target: these get no such branch.
 */
export async function branchName(git: Git, subject: BranchSubject): Promise<string> {
  const { directory } = subject;
  return directory !== null && /^\d{3,}-/.test(directory) && await hasMissionBranches(git)
    ? `${MISSION_BRANCHES}${directory}`
    : ticketBranch(subject);
}

async function hasMissionBranches(git: Git): Promise<boolean> {
  const patterns = [`refs/heads/${MISSION_BRANCHES}*`, `refs/remotes/*/${MISSION_BRANCHES}*`];
  const listed = await git.run(["for-each-ref", "--count=1", "--format=%(refname)", ...patterns]);
  return listed.stdout.trim() !== "";
}

/**
 * A name of a branch that git takes, whatever the ticket is called: the key as people write it, and the first words of the
 * title.
 *
 * @example
 * ```ts
 * import { ticketBranch } from "./branches.ts";
 *
 * ticketBranch({ key: "WEB-12", title: "Login times out" }); // "WEB-12-login-times-out"
 * ticketBranch({ key: "#12", title: "Login: times out" }); // "12-login-times-out"
 * ```
 */
export function ticketBranch({ key, title }: Pick<BranchSubject, "key" | "title">): string {
  const name = withoutEscapes(key).replace(/[^A-Za-z0-9]+/g, "-").replace(/^-|-$/g, "").slice(
    0,
    MAX_NAME_LENGTH,
  );
  const words = kebabWords(title);
  const whole = [name, words].filter((part) => part !== "").join("-");
  return whole.slice(0, MAX_NAME_LENGTH).replace(/-$/, "") || "ticket";
}

/**
 * Git in the repository around a project, for work on its branches.
 *
 * @throws {MissionCreationError} `no_repository`.
 */
export async function requireRepository(
  platform: Pick<Platform, "processes">,
  root: string,
): Promise<Git> {
  const git = openGit(platform, root);
  try {
    const inside = await git.run(["rev-parse", "--is-inside-work-tree"]);
    if (inside.stdout.trim() === "true") return git;
  } catch (error) {
    if (!(error instanceof TrackerError) || error.code !== "command_missing") throw error;
  }
  throw new MissionCreationError({
    fault: "no_repository",
    message: "A branch needs git, and a repository around the project",
    nextAction: "Run `git init` first, or leave the branch out.",
  });
}

/** The branch that is checked out; `null` where none is. */
export async function currentBranch(git: Git): Promise<string | null> {
  const head = await git.run(["symbolic-ref", "--quiet", "--short", "HEAD"]);
  return head.code === 0 ? head.stdout.trim() : null;
}

/** What {@link switchTo} would come to. */
export async function plannedBranch(git: Git, name: string): Promise<WorkBranch> {
  const from = await currentBranch(git);
  const isKnown = from === name || await exists(git, `refs/heads/${name}`) ||
    await exists(git, `refs/remotes/origin/${name}`);
  return { name, from, isNew: !isKnown };
}

/**
 * Checks a branch out: one that is there, one of `origin`, else a new one from where the work stands. Changes that are not
 * committed come along, as with `git switch`.
 *
 * @throws {MissionCreationError} `branch_failed`, with what git said.
 */
export async function switchTo(git: Git, name: string): Promise<void> {
  if (await currentBranch(git) === name) return;
  const isHere = await exists(git, `refs/heads/${name}`);
  const isThere = !isHere && await exists(git, `refs/remotes/origin/${name}`);
  const how = isHere
    ? [name]
    : isThere
    ? ["--track", `origin/${name}`]
    : ["--no-track", "--create", name];
  const switched = await git.run(["switch", "--quiet", ...how]);
  if (switched.code === 0) return;
  const said = switched.stderr.trim().split("\n").slice(0, 5).join(" ");
  throw new MissionCreationError({
    fault: "branch_failed",
    message: `Git did not check out the branch "${name}": ${said || "it gave no reason"}`,
    nextAction: "Correct what git complains of, or leave the branch out.",
    details: { branch: name },
  });
}

/** Goes back to where work stood before a branch was made, and removes the branch while it holds nothing of its own. */
export async function leaveBranch(git: Git, { name, from, isNew }: WorkBranch): Promise<void> {
  if (await currentBranch(git) === name && from !== name) {
    await git.run(["switch", "--quiet", ...(from === null ? ["--detach"] : [from])]);
  }
  if (isNew) await git.run(["branch", "--quiet", "--delete", name]);
}

async function exists(git: Git, reference: string): Promise<boolean> {
  return (await git.run(["show-ref", "--verify", "--quiet", reference])).code === 0;
}
