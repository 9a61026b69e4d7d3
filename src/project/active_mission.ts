import { join } from "../platform/paths.ts";
import type { Platform } from "../platform/platform.ts";
import { gitFacts } from "./git.ts";
import { missionsDirectory } from "./mission_lock.ts";

/**
 * Returns the mission that the branch checked out belongs to, by the name of its directory: the branch is called like
 * it, alone or after `kitty/mission-`, and may name a lane or a work package of it. `null` where no branch says so.
 */
export async function activeMission(
  platform: Pick<Platform, "files">,
  root: string,
): Promise<string | null> {
  const { branch } = await gitFacts(platform, root);
  const whole = branch?.split("/").at(-1)?.replace(/^mission-/, "") ?? "";
  for (const name of new Set([whole, whole.replace(/-(lane-[a-z0-9]+|WP\d{2})$/, "")])) {
    if (!/^[a-z0-9][a-z0-9-]*$/i.test(name)) continue;
    const facts = await platform.files.stat(join(missionsDirectory(root), name));
    if (facts?.kind === "directory") return name;
  }
  return null;
}
