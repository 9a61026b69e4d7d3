import { type CreatedMission, createMission } from "../../../missions/create_mission.ts";
import type { MissionForm } from "../../../missions/mission_form.ts";
import { requireProjectRoot } from "../../../project/root.ts";
import type { Context } from "../../command/context.ts";
import { DONE, text } from "../../terminal/text.ts";
import type { BranchFlags } from "./branch_flags.ts";
import { branchJson, branchWords, wantsBranch } from "./branching.ts";
import { commitJson, commitWords, withMissionEvents } from "./format.ts";

/** Makes a mission. */
export async function run(
  context: Context,
  options: {
    readonly slug: string;
    readonly form?: MissionForm | undefined;
    readonly noCommit: boolean;
  } & BranchFlags,
): Promise<number> {
  const { platform } = context;
  const branch = await wantsBranch(context, options);
  const root = await requireProjectRoot(platform, context.globals.repo ?? null);
  await withMissionEvents(context, root, (events) =>
    createMission({
      platform,
      projectRoot: root,
      slug: options.slug,
      form: options.form,
      branch,
      commit: !options.noCommit,
      events,
      tell: (mission) => tell(context, mission),
    }));
  return 0;
}

function tell({ output, globals }: Context, mission: CreatedMission): void {
  if (globals.json) {
    output.json({
      feature_slug: mission.featureSlug,
      feature_number: mission.featureNumber,
      mission_id: mission.missionId,
      slug: mission.slug,
      target_branch: mission.targetBranch,
      mission_dir: mission.missionDir,
      branch: branchJson(mission.branch),
      commit: commitJson(mission.commit),
      resumed: mission.resumed,
      event_emitted: mission.eventEmitted,
    });
    return;
  }
  const how = mission.resumed ? ", resumed" : "";
  output.result(text`${DONE} Mission ${mission.featureSlug}${how}`);
  output.result(`  kitty-specs/${mission.featureSlug}/spec.md`);
  const on = branchWords(mission.branch);
  if (on !== "") output.result(`  ${on}`);
  output.result(`  ${commitWords(mission.commit)}`);
}
