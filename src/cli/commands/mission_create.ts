import { createMission } from "../../missions/create_mission.ts";
import type { MissionForm } from "../../missions/mission_form.ts";
import { requireProjectRoot } from "../../project/root.ts";
import type { Deps } from "../deps.ts";
import { commitJson, commitWords, withMissionEvents } from "../mission_words.ts";

/** Makes a mission. */
export async function run(
  deps: Deps,
  options: {
    readonly slug: string;
    readonly form?: MissionForm | undefined;
    readonly noCommit: boolean;
  },
): Promise<number> {
  const { output, platform } = deps;
  const root = await requireProjectRoot(platform, deps.globals.repo ?? null);
  const mission = await withMissionEvents(deps, root, (events) =>
    createMission({
      platform,
      projectRoot: root,
      slug: options.slug,
      form: options.form,
      commit: !options.noCommit,
      events,
    }));
  if (deps.globals.json) {
    output.json({
      feature_slug: mission.featureSlug,
      feature_number: mission.featureNumber,
      mission_id: mission.missionId,
      slug: mission.slug,
      target_branch: mission.targetBranch,
      mission_dir: mission.missionDir,
      commit: commitJson(mission.commit),
      event_emitted: mission.eventEmitted,
    });
    return 0;
  }
  output.line(`${output.style.green("✓")} Mission ${mission.featureSlug}`);
  output.line(`  kitty-specs/${mission.featureSlug}/spec.md`);
  output.line(`  ${commitWords(mission.commit)}`);
  return 0;
}
