import type { Mission } from "../../../missions/missions.ts";
import { laneCounts } from "../../../missions/packages/listing.ts";
import { readAllPackages } from "../../../missions/packages/read_packages.ts";
import type { MissionPackages } from "../../../missions/packages/work_package.ts";
import { requireProjectRoot } from "../../../project/root.ts";
import type { Context } from "../../command/context.ts";
import { type ChosenFields, fieldChoice } from "../../services/chosen_fields.ts";
import { laneWords } from "../../services/lane_words.ts";
import { warnOfPackages } from "../../services/package_faults.ts";
import { writeTable } from "../../terminal/table.ts";
import { day } from "../../terminal/format.ts";

/** Lists the missions of the project. */
export async function run(
  context: Context,
  { fields }: { readonly fields: ChosenFields },
): Promise<number> {
  const choose = fieldChoice(context, fields, { names: MISSION_FIELDS });
  const { output, platform } = context;
  const root = await requireProjectRoot(platform, context.globals.repo ?? null);
  const missions = await readAllPackages(platform, root);
  if (context.globals.json) {
    output.json({ missions: choose(missions.map(missionJson)) });
  } else show(context, missions);
  warnOfPackages(context, missions);
  return 0;
}

function show({ output, platform }: Context, missions: readonly MissionPackages[]): void {
  if (missions.length === 0) {
    output.result("No missions.");
    output.notice("  Create one with `tracker mission create SLUG`.");
    return;
  }
  const hasPackages = missions.some(({ packages }) => packages.length > 0);
  const now = platform.clock.now();
  const faulty = missions.some(({ mission }) => mission.fault !== null);
  writeTable(
    output,
    [
      { title: "MISSION" },
      { title: "TITLE", yields: 1, least: 20 },
      { title: "TICKET" },
      ...(hasPackages ? [{ title: "LANES", yields: 4, least: 10 }] : []),
      { title: "SINCE", yields: 2 },
      ...(faulty ? [{ title: "FAULT", yields: 3, least: 20 }] : []),
    ],
    missions.map(({ mission, packages }) => [
      mission.featureSlug,
      mission.friendlyName ?? "–",
      mission.originTicket?.external_issue_key ?? "–",
      ...(hasPackages ? [laneWords(laneCounts(packages))] : []),
      sinceWords(mission, now),
      ...(faulty ? [mission.fault ?? "–"] : []),
    ]),
  );
}

function sinceWords(mission: Mission, now: number): string {
  const { createdAt } = mission;
  return createdAt === null || Number.isNaN(Date.parse(createdAt)) ? "–" : day(createdAt, now);
}

const MISSION_FIELDS = [
  ...["feature_slug", "form", "mission_id", "friendly_name", "target_branch", "created_at"],
  ...["mission_dir", "origin_ticket", "fault", "lanes"],
];

function missionJson({ mission, packages }: MissionPackages): Readonly<Record<string, unknown>> {
  return {
    feature_slug: mission.featureSlug,
    form: mission.form,
    mission_id: mission.missionId,
    friendly_name: mission.friendlyName,
    target_branch: mission.targetBranch,
    created_at: mission.createdAt,
    mission_dir: mission.missionDir,
    origin_ticket: mission.originTicket,
    fault: mission.fault,
    lanes: Object.fromEntries(laneCounts(packages).map(({ lane, count }) => [lane, count])),
  };
}
