import { join } from "../platform/paths.ts";
import type { Platform } from "../platform/platform.ts";
import { gitFacts } from "./git.ts";
import { missionsDirectory } from "./mission_lock.ts";

/**
 * Returns the mission that the branch checked out belongs to, by the name of its directory: the branch is called like
 * it, alone or after `kitty/mission-`. `null` where no branch says so.
 */
export async function activeMission(
  platform: Pick<Platform, "files">,
  root: string,
): Promise<string | null> {
  const { branch } = await gitFacts(platform, root);
  const name = branch?.split("/").at(-1)?.replace(/^mission-/, "") ?? "";
  if (!/^[a-z0-9][a-z0-9-]*$/i.test(name)) return null;
  const facts = await platform.files.stat(join(missionsDirectory(root), name));
  return facts?.kind === "directory" ? name : null;
}
