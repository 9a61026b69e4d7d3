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
    return own === null ? null : await commonDirectoryOf(platform, own);
  } catch (error) {
    // Without the permission to read beyond the project its own lock has to do.
    if (error instanceof Error && error.name === "NotCapable") return null;
    throw error;
  }
}

/** Returns the git directory that all worktrees share, of one that belongs to a single work tree. */
export async function commonDirectoryOf(
  platform: Pick<Platform, "files">,
  own: string,
): Promise<string> {
  // Git keeps what belongs to one linked worktree in a directory of this name.
  const isLinked = basename(dirname(own)) === "worktrees" &&
    await platform.files.stat(join(own, "commondir")) !== null;
  return isLinked ? dirname(dirname(own)) : own;
}

/** Returns the nearest directory from `root` upwards that has a `.git`; `null` where there is none. */
export async function workTree(
  platform: Pick<Platform, "files">,
  root: string,
): Promise<string | null> {
  for (let directory = root;; directory = dirname(directory)) {
    if (await platform.files.stat(join(directory, ".git")) !== null) return directory;
    if (dirname(directory) === directory) return null;
  }
}
