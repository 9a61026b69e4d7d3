import type { Lock } from "../platform/lock.ts";
import { join, normalize } from "../platform/paths.ts";
import type { Platform } from "../platform/platform.ts";
import { TrackerError } from "../platform/tracker_error.ts";
import { sharedGitDirectory } from "./shared_git_directory.ts";
import { projectFiles } from "./project_files.ts";

/** The directory of a project's missions. */
export function missionsDirectory(root: string): string {
  return join(root, "kitty-specs");
}

/**
 * Takes the lock under which missions are numbered and their metadata is changed; all worktrees of a repository share
 * it, because their missions will meet on one branch. `purpose` is in the error of a process that waits in vain.
 *
 * @throws {TrackerError} `locked` after a minute: the holder may be waiting for a commit hook; `leaves_project`,
 * `lock_is_link`, `not_a_file`.
 */
export async function lockMissions(
  platform: Pick<Platform, "files">,
  root: string,
  purpose: string,
): Promise<Lock> {
  const options = { purpose, deadlineMs: 60_000 };
  const git = await sharedGitDirectory(platform, root);
  if (git !== null) {
    try {
      const path = join(git, "tracker-missions.lock");
      return await platform.files.lock(path, { ...options, within: git });
    } catch (error) {
      // A repository may be read-only where the project is not.
      if (error instanceof TrackerError) throw error;
    }
  }
  return await projectFiles(platform.files, root).lock(
    normalize(join(root, ".kittify", ".missions.lock")),
    options,
  );
}
