import { basename, dirname, join } from "../platform/paths.ts";
import type { Platform } from "../platform/platform.ts";
import { ownGitDirectory } from "./git.ts";

/**
 * Returns the git directory that all worktrees of the repository around the project share; `null` where there is no
 * repository, or its files lead to a directory that does not lead back, because a file may name any directory.
 */
export async function sharedGitDirectory(
  platform: Pick<Platform, "files">,
  root: string,
): Promise<string | null> {
  try {
    const tree = await workTree(platform, root);
    const own = tree === null ? null : await ownGitDirectory(platform, tree);
    if (own === null) return null;
    // Git keeps what belongs to one linked worktree in a directory of this name.
    const isLinked = basename(dirname(own)) === "worktrees" &&
      await platform.files.stat(join(own, "commondir")) !== null;
    return isLinked ? dirname(dirname(own)) : own;
  } catch (error) {
    // Without the permission to read beyond the project its own lock has to do.
    if (error instanceof Error && error.name === "NotCapable") return null;
    throw error;
  }
}

async function workTree(platform: Pick<Platform, "files">, root: string): Promise<string | null> {
  for (let directory = root;; directory = dirname(directory)) {
    if (await platform.files.stat(join(directory, ".git")) !== null) return directory;
    if (dirname(directory) === directory) return null;
  }
}
