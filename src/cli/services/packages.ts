import type { JsonObject } from "../../contract/field.ts";
import {
  listedPackages,
  type PackageSummary,
  packageSummary,
} from "../../missions/packages/listing.ts";
import { readAllPackages } from "../../missions/packages/read_packages.ts";
import type { ProjectContext } from "../../tracker/backend.ts";
import { cachedTickets } from "../../tracker/package_tickets.ts";
import { plural } from "../terminal/format.ts";
import { laneWords } from "./lane_words.ts";

/** Reads how many work packages of a project are in which lane, and which tickets differ. Needs no network. */
export async function readPackageSummary(
  project: Pick<ProjectContext, "platform" | "root">,
): Promise<PackageSummary> {
  const missions = await readAllPackages(project.platform, project.root);
  if (missions.every(({ packages }) => packages.length === 0)) return packageSummary([]);
  return packageSummary(listedPackages(missions, missions, await cachedTickets(project)));
}

/** The packages of a project in a line; `null` without any. */
export function packageWords({ total, missions, lanes, differing }: PackageSummary): string | null {
  if (total === 0) return null;
  const where = missions === 1 ? "" : ` in ${plural(missions, "mission")}`;
  const count = differing.length;
  const differs = count === 0
    ? ""
    : `; ${plural(count, "ticket")} ${count === 1 ? "differs" : "differ"}: \`tracker wp list\``;
  return `${plural(total, "work package")}${where}: ${laneWords(lanes)}${differs}`;
}

/** The packages of a project as documents have them (json.md, Work packages). */
export function packagesJson({ total, lanes, differing }: PackageSummary): JsonObject {
  return {
    total,
    lanes: Object.fromEntries(lanes.map(({ lane, count }) => [lane, count])),
    differing: differing.map(({ mission, wpId, title, lane, ticket }) => ({
      mission,
      wp_id: wpId,
      title,
      lane,
      ref: ticket.ref,
      tracker_status: ticket.status,
    })),
  };
}
