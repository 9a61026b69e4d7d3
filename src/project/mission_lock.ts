import type { Lock } from "../platform/lock.ts";
import { join } from "../platform/paths.ts";
import type { Platform } from "../platform/platform.ts";
import { lockProject } from "./project_lock.ts";

/** The directory of a project's missions. */
export function missionsDirectory(root: string): string {
  return join(root, "kitty-specs");
}

/**
 * Takes the lock under which missions are numbered and their metadata is changed. `purpose` is told to those who
 * wait in vain.
 *
 * @throws {TrackerError} `locked` after a minute: the holder may be waiting for a commit hook; `leaves_project`.
 */
export async function lockMissions(
  platform: Pick<Platform, "files">,
  root: string,
  purpose: string,
): Promise<Lock> {
  return await lockProject(platform, root, "missions", { purpose, deadlineMs: 60_000 });
}
