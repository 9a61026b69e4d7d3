import { namedMission } from "../../../missions/missions.ts";
import {
  type ListedMission,
  type ListedPackage,
  listedPackages,
} from "../../../missions/packages/listing.ts";
import { readAllPackages } from "../../../missions/packages/read_packages.ts";
import { laneName } from "../../../missions/packages/work_package.ts";
import { cachedTickets } from "../../../tracker/package_tickets.ts";
import type { Context } from "../../command/context.ts";
import { type ChosenFields, fieldChoice } from "../../services/chosen_fields.ts";
import { statusName } from "../../services/field_words.ts";
import { queueLaneEvents } from "../../services/lane_events.ts";
import { warnOfPackages } from "../../services/package_faults.ts";
import { projectContext } from "../../services/tracker.ts";
import { writeTable } from "../../terminal/table.ts";

/** Lists work packages; needs no network. */
export async function run(
  context: Context,
  { mission, fields }: {
    readonly mission: string | undefined;
    readonly fields: ChosenFields;
  },
): Promise<number> {
  const choose = fieldChoice(context, fields, { names: PACKAGE_FIELDS });
  const { output, platform, globals } = context;
  const project = await projectContext(context);
  const { root } = project;
  const found = await readAllPackages(platform, root);
  const chosen = mission === undefined
    ? null
    : namedMission(found.map(({ mission }) => mission), mission).missionDir;
  const all = found
    .filter(({ mission: { form, fault }, packages }) =>
      form !== null || fault === null || packages.length > 0
    );
  const wanted = all.filter(({ mission: { missionDir } }) =>
    chosen === null || missionDir === chosen
  );
  const listed = listedPackages(wanted, all, await cachedTickets(project));
  if (globals.json) {
    output.json({
      missions: listed.map((one) => ({
        mission: one.mission.featureSlug,
        mission_id: one.mission.missionId,
        work_packages: choose(one.packages.map(packageJson)),
      })),
    });
  } else show(context, listed, chosen !== null);
  warnOfPackages(context, wanted);
  await queueLaneEvents(context, root, all);
  return 0;
}

function show({ output }: Context, missions: readonly ListedMission[], isOne: boolean): void {
  const rows = missions.flatMap(({ mission, packages }) =>
    packages.map((one) => ({ mission: mission.featureSlug, one }))
  );
  if (rows.length === 0) {
    output.result("No work packages.");
    return;
  }
  const hasTickets = rows.some(({ one }) => one.ticket !== null);
  const differs = rows.some(({ one }) => one.differs.length > 0);
  writeTable(
    output,
    [
      ...(isOne ? [] : [{ title: "MISSION", yields: 2, least: 12 }]),
      { title: "PACKAGE" },
      { title: "TITLE", yields: 4, least: 16 },
      { title: "LANE", yields: 1, least: 12 },
      { title: "DEPENDS ON", yields: 3 },
      ...(hasTickets ? [{ title: "TICKET" }, { title: "STATUS" }] : []),
      ...(differs ? [{ title: "DIFFERS" }] : []),
    ],
    rows.map(({ mission, one }) => [
      ...(isOne ? [] : [mission]),
      one.wpId,
      one.title,
      laneWords(one),
      one.dependencies.join(", ") || "–",
      ...(hasTickets ? [keyOf(one), statusOf(one)] : []),
      ...(differs ? [one.differs.join(", ") || "–"] : []),
    ]),
  );
}

/** A lane, and that it is not known or not sure where it is not. */
function laneWords({ lane, status, isWhole }: ListedPackage): string {
  const name = laneName(lane);
  return !isWhole ? `${name} (not sure)` : status === null ? `${name} (not known)` : name;
}

function keyOf({ ticket }: ListedPackage): string {
  return ticket === null ? "–" : ticket.ref.key ?? ticket.ref.id;
}

function statusOf({ ticket }: ListedPackage): string {
  return ticket === null || ticket.status === null ? "–" : statusName(ticket.status);
}

const PACKAGE_FIELDS = [
  ...["wp_id", "title", "lane", "status", "dependencies", "ref", "tracker_status", "differs"],
];

function packageJson(one: ListedPackage): Readonly<Record<string, unknown>> {
  return {
    wp_id: one.wpId,
    title: one.title,
    lane: one.lane,
    status: one.status,
    dependencies: one.dependencies,
    ref: one.ticket?.ref ?? null,
    tracker_status: one.ticket?.status ?? null,
    differs: one.differs,
  };
}
