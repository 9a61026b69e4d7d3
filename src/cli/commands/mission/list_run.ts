import { listMissions, type Mission } from "../../../missions/missions.ts";
import { requireProjectRoot } from "../../../project/root.ts";
import type { Context } from "../../command/context.ts";
import { writeTable } from "../../terminal/table.ts";
import { day } from "../../terminal/format.ts";

/** Lists the missions of the project. */
export async function run(context: Context): Promise<number> {
  const { output, platform } = context;
  const root = await requireProjectRoot(platform, context.globals.repo ?? null);
  const missions = await listMissions(platform, root);
  if (context.globals.json) {
    output.json({ missions: missions.map(missionJson) });
    return 0;
  }
  if (missions.length === 0) {
    output.result("No missions.");
    output.notice("  Create one with `tracker mission create SLUG`.");
    return 0;
  }
  const now = platform.clock.now();
  const faulty = missions.some(({ fault }) => fault !== null);
  writeTable(
    output,
    [
      { title: "MISSION" },
      { title: "TITLE", yields: 1, least: 20 },
      { title: "TICKET" },
      { title: "SINCE", yields: 2 },
      ...(faulty ? [{ title: "FAULT", yields: 3, least: 20 }] : []),
    ],
    missions.map((mission) => [
      mission.featureSlug,
      mission.friendlyName ?? "–",
      mission.originTicket?.external_issue_key ?? "–",
      sinceWords(mission, now),
      ...(faulty ? [mission.fault ?? "–"] : []),
    ]),
  );
  return 0;
}

function sinceWords(mission: Mission, now: number): string {
  const { createdAt } = mission;
  return createdAt === null || Number.isNaN(Date.parse(createdAt)) ? "–" : day(createdAt, now);
}

function missionJson(mission: Mission): Readonly<Record<string, unknown>> {
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
  };
}
