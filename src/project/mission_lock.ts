import type { Lock } from "../platform/lock.ts";
import { join } from "../platform/paths.ts";
import type { Platform } from "../platform/platform.ts";
import { gitDirectory } from "./git.ts";

/** The directory of a project's missions. */
export function missionsDirectory(root: string): string {
  return join(root, "kitty-specs");
}

/**
 * Takes the lock under which missions are numbered and their metadata is changed. `purpose` is told to those who
 * wait in vain.
 *
 * @throws {TrackerError} `locked` after a minute: the holder may be waiting for a commit hook.
 */
export async function lockMissions(
  platform: Pick<Platform, "files">,
  root: string,
  purpose: string,
): Promise<Lock> {
  return await platform.files.lock(await lockPath(platform, root), {
    purpose,
    deadlineMs: 60_000,
  });
}

/** In the repository's own directory where there is one, so that it never shows up as an untracked file. */
async function lockPath(platform: Pick<Platform, "files">, root: string): Promise<string> {
  const atRoot = await platform.files.stat(join(root, ".git")) !== null;
  const git = atRoot ? await gitDirectory(platform, root) : null;
  return git === null
    ? join(root, ".kittify", ".missions.lock")
    : join(git, "tracker-missions.lock");
}
