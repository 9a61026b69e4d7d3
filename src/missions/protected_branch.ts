import type { Platform } from "../platform/platform.ts";
import { readConfigFile } from "../project/config_file.ts";
import type { Git } from "./git_command.ts";
import { MissionCreationError } from "./mission_error.ts";

const PROTECTED = ["main", "master"];

/**
 * Refuses a commit to a branch that today's spec-kitty does not commit to either: those that the project's config lists
 * under `protection.protected_branches`, else `main`, `master` and the default branch of `origin`.
 *
 * @throws {MissionCreationError} `protected_branch`, with the ways around it; {TrackerError} `config_invalid`.
 */
export async function requireOpenBranch(
  platform: Pick<Platform, "files">,
  root: string,
  git: Git,
  { branch, slug }: { readonly branch: string; readonly slug: string },
): Promise<void> {
  const listed = await listedBranches(platform, root);
  const refused = listed ?? [...PROTECTED, ...await defaultBranch(git)];
  if (!refused.includes(branch)) return;
  throw new MissionCreationError({
    fault: "protected_branch",
    message: `The branch "${branch}" is protected: missions of this form are not committed to it`,
    nextAction:
      `Check out another branch first (\`git switch -c ${slug}\`), or use \`--no-commit\`.`,
    details: { branch },
  });
}

async function listedBranches(
  platform: Pick<Platform, "files">,
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
