import type { Platform } from "../platform/platform.ts";
import type { MissionShape } from "../project/mission_meta.ts";
import { type MissionForm, specKittyVersion } from "./mission_form.ts";

/**
 * Returns what `meta.json` says of a mission's branches in projects of spec-kitty 3.2 or newer, else nothing. Without it
 * spec-kitty takes the mission for one of an older version, and warns once by a file that makes the work tree dirty. This
 * is what it writes for its own missions without a branch for coordination.
 */
export async function missionShape(
  platform: Pick<Platform, "files">,
  root: string,
  form: MissionForm,
): Promise<MissionShape> {
  if (form !== "identified") return {};
  const [major, minor] = await specKittyVersion(platform, root);
  return major > 3 || major === 3 && minor >= 2
    ? { flattened: false, topology: "single_branch" }
    : {};
}
