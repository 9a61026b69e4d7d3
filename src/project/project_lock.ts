import type { Lock, LockOptions } from "../platform/lock.ts";
import { join, normalize } from "../platform/paths.ts";
import type { Platform } from "../platform/platform.ts";
import { TrackerError } from "../platform/tracker_error.ts";
import { ownGitDirectory } from "./git.ts";
import { projectFiles } from "./project_files.ts";

/**
 * Takes the lock of the project at `root` that is called `name`: in its git directory where it has one of its own, so
 * that the file never shows up as an untracked one, else in `.kittify`.
 *
 * @throws {TrackerError} `locked`; `leaves_project`, `lock_is_link`, `not_a_file`.
 */
export async function lockProject(
  platform: Pick<Platform, "files">,
  root: string,
  name: string,
  options: LockOptions,
): Promise<Lock> {
  const git = await ownGitDirectory(platform, root);
  if (git !== null) {
    try {
      const path = join(git, `tracker-${name}.lock`);
      return await platform.files.lock(path, { ...options, within: git });
    } catch (error) {
      // A repository may be read-only where the project is not.
      if (error instanceof TrackerError) throw error;
    }
  }
  return await projectFiles(platform.files, root).lock(
    normalize(join(root, ".kittify", `.${name}.lock`)),
    options,
  );
}
