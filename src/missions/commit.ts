import { TrackerError } from "../platform/tracker_error.ts";
import { type Git, openGit } from "./git_command.ts";
import { MissionCreationError } from "./mission_error.ts";
import type { Platform } from "../platform/platform.ts";

/** Why there may be no commit. */
export const NO_COMMIT_REASONS = [
  "not_asked",
  "no_git",
  "no_repository",
  "ignored",
  "failed",
] as const;

/** One of {@link NO_COMMIT_REASONS}. */
export type NoCommitReason = typeof NO_COMMIT_REASONS[number];

/** Whether a mission was committed. */
export type CommitOutcome =
  | { readonly kind: "committed"; readonly commit: string }
  | { readonly kind: "not_committed"; readonly reason: NoCommitReason };

/** What will be done about committing. */
export type CommitPlan =
  | { readonly kind: "commit"; readonly git: Git }
  | { readonly kind: "none"; readonly reason: NoCommitReason };

/**
 * Looks whether a commit of own files alone is possible, before anything is written.
 *
 * @throws {MissionCreationError} `dirty_index`, `commit_in_progress`, `git_identity_missing`, `git_failed`.
 */
export async function planCommit(
  platform: Pick<Platform, "processes">,
  root: string,
  asked: boolean,
): Promise<CommitPlan> {
  if (!asked) return { kind: "none", reason: "not_asked" };
  const git = openGit(platform, root);
  try {
    const inside = await git.run(["rev-parse", "--is-inside-work-tree"]);
    if (inside.code !== 0 && !inside.stderr.includes("not a git repository")) {
      throw gitFailed("look at the repository", inside.stderr);
    }
    if (inside.stdout.trim() !== "true") return { kind: "none", reason: "no_repository" };
  } catch (error) {
    if (!(error instanceof TrackerError) || error.code !== "command_missing") throw error;
    return { kind: "none", reason: "no_git" };
  }
  await requireCleanIndex(git);
  await requireIdentity(git);
  return { kind: "commit", git };
}

/**
 * Commits exactly these paths (relative to the root), and what a hook adds to them. When that fails the index is as it
 * was before.
 *
 * @throws {MissionCreationError} `commit_failed`, with what git or a hook said.
 */
export async function commitPaths(
  git: Git,
  paths: readonly string[],
  message: string,
): Promise<CommitOutcome> {
  const ignored = await git.run(["check-ignore", "--quiet", "--", ...paths]);
  if (ignored.code === 0) return { kind: "not_committed", reason: "ignored" };
  try {
    const added = await git.run(["add", "--", ...paths]);
    if (added.code !== 0) throw commitFailed(added.stderr);
    // A hook may rewrite files and add them again: a plain commit leaves the index as the hook left it.
    const others = await othersStaged(git, paths);
    const [only, limits] = others.length > 0 ? [["--only"], ["--", ...paths]] : [[], []];
    const committed = await git.run(["commit", "--quiet", ...only, "-m", message, ...limits]);
    if (committed.code !== 0) throw commitFailed(committed.stderr || committed.stdout);
    if (others.length > 0) await takeOverCommitted(git, others);
    const head = await git.run(["rev-parse", "HEAD"]);
    return { kind: "committed", commit: head.stdout.trim() };
  } catch (error) {
    await git.run(["reset", "--quiet", "--", ...paths]).catch(() => null);
    throw error;
  }
}

/** What somebody else has staged, which must stay out of the commit. */
async function othersStaged(git: Git, paths: readonly string[]): Promise<string[]> {
  const excluded = paths.map((path) => `:(exclude)${path}`);
  const diff = await git.run(["diff", "--cached", "--name-only", "-z", "--", ":/", ...excluded]);
  return diff.stdout.split("\0").filter((path) => path !== "");
}

/** The hook of a commit with `--only` changes another index than the one that stays, which has to follow. */
async function takeOverCommitted(git: Git, others: readonly string[]): Promise<void> {
  const shown = await git.run(["show", "--format=", "--name-only", "-z", "HEAD"]);
  const stale = shown.stdout.split("\0").filter((path) => path !== "" && !others.includes(path));
  await git.run(["reset", "--quiet", "--", ...stale.map((path) => `:(top,literal)${path}`)]);
}

async function requireCleanIndex(git: Git): Promise<void> {
  for (const head of ["MERGE_HEAD", "CHERRY_PICK_HEAD", "REVERT_HEAD"]) {
    const found = await git.run(["rev-parse", "--quiet", "--verify", head]);
    if (found.code !== 0) continue;
    throw new MissionCreationError({
      fault: "commit_in_progress",
      message: "The repository is in the middle of a merge, cherry-pick or revert",
      nextAction: "Finish or abort it first, or use `--no-commit`.",
    });
  }
  const status = await git.run(["status", "--porcelain", "-z", "--untracked-files=no"]);
  if (status.code !== 0) throw gitFailed("read the index", status.stderr);
  const staged = stagedPaths(status.stdout);
  if (staged.length === 0) return;
  throw new MissionCreationError({
    fault: "dirty_index",
    message: `The index holds staged changes that would get into the mission's commit: ${
      staged.slice(0, 3).map((path) => `"${path}"`).join(", ")
    }${staged.length > 3 ? ` and ${staged.length - 3} more` : ""}`,
    nextAction: "Commit or unstage them first (`git restore --staged .`), or use `--no-commit`.",
    details: { staged },
  });
}

/** The first column of an entry tells of the index; a rename is followed by the old path. */
function stagedPaths(status: string): string[] {
  const entries = status.split("\0");
  const staged: string[] = [];
  for (let i = 0; i < entries.length; i++) {
    const entry = entries[i] ?? "";
    if (entry === "") continue;
    const index = entry.charAt(0);
    if (index === "R" || index === "C") i++;
    if (index !== " " && index !== "?") staged.push(entry.slice(3));
  }
  return staged;
}

async function requireIdentity(git: Git): Promise<void> {
  for (const variable of ["GIT_AUTHOR_IDENT", "GIT_COMMITTER_IDENT"]) {
    const identity = await git.run(["var", variable]);
    if (identity.code === 0) continue;
    throw new MissionCreationError({
      fault: "git_identity_missing",
      message: "Git does not know who you are, so it cannot commit",
      nextAction:
        'Run `git config user.name "Your Name"` and `git config user.email you@example.com`, or use `--no-commit`.',
    });
  }
}

function gitFailed(what: string, said: string): MissionCreationError {
  return new MissionCreationError({
    fault: "git_failed",
    message: `Git could not ${what}: ${firstLines(said)}`,
    nextAction: "Repair the repository, or use `--no-commit`.",
  });
}

function commitFailed(said: string): MissionCreationError {
  return new MissionCreationError({
    fault: "commit_failed",
    message: `Git did not commit the mission: ${firstLines(said)}`,
    nextAction: "Correct what git or its hook complains of, or use `--no-commit`.",
  });
}

function firstLines(said: string): string {
  const text = said.trim().split("\n").slice(0, 5).join(" ");
  return text === "" ? "it gave no reason" : text;
}
