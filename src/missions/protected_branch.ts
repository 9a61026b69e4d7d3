import type { Platform } from "../platform/platform.ts";
import { readConfigFile } from "../project/config_file.ts";
import { gitFacts } from "../project/git.ts";
import type { Git } from "./git_command.ts";
import { MissionCreationError } from "./mission_error.ts";

const PROTECTED = ["main", "master"];

/**
 * Refuses a commit to no branch, and where the form of the missions is `isProtecting`, to one that today's spec-kitty
 * does not commit to either: those that the project's config lists under `protection.protected_branches`, else `main`,
 * `master` and the default branch of `origin`.
 *
 * @throws {MissionCreationError} `detached_head`, `protected_branch`, with the ways around them; {TrackerError}
 * `config_invalid`.
 */
export async function requireOpenBranch(
  platform: Pick<Platform, "files" | "clock">,
  root: string,
  git: Git,
  { isProtecting, branch: ahead }: {
    readonly isProtecting: boolean;
    /** The branch that will be checked out before; the one that is now unless given. */
    readonly branch?: string | undefined;
  },
): Promise<void> {
  const { branch: checkedOut, commit } = await gitFacts(platform, root);
  const branch = ahead ?? checkedOut;
  if (branch === null) {
    // A repository in the newer reference format does not tell its branch, or its commit, by a file.
    if (commit !== null) throw detachedHead();
    return;
  }
  if (!isProtecting) return;
  const listed = await listedBranches(platform, root);
  const refused = listed ?? [...PROTECTED, ...await defaultBranch(git)];
  if (!refused.includes(branch)) return;
  throw new MissionCreationError({
    fault: "protected_branch",
    message: `The branch "${branch}" is protected: missions of this form are not committed to it`,
    nextAction:
      "Use `--branch` to have it made on a branch of its own, or `--no-commit` to commit it yourself.",
    details: { branch },
  });
}

function detachedHead(): MissionCreationError {
  return new MissionCreationError({
    fault: "detached_head",
    message: "No branch is checked out, so the mission's commit would belong to none",
    nextAction:
      "Switch to a branch first (`git switch BRANCH`), or use `--branch` or `--no-commit`.",
  });
}

async function listedBranches(
  platform: Pick<Platform, "files" | "clock">,
  root: string,
): Promise<readonly unknown[] | null> {
  const { yaml } = await readConfigFile(platform, root);
  if (yaml === null) return null;
  const { valueAt } = await import("../project/yaml_document.ts");
  const listed = valueAt(yaml, ["protection", "protected_branches"]);
  return Array.isArray(listed) ? listed : null;
}

async function defaultBranch(git: Git): Promise<string[]> {
  const head = await git.run(["symbolic-ref", "--quiet", "--short", "refs/remotes/origin/HEAD"]);
  const name = head.code === 0 ? head.stdout.trim().replace(/^origin\//, "") : "";
  return name === "" ? [] : [name];
}
