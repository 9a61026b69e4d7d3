import type { Status } from "../../contract/issue.ts";
import type { CachedTicket, TicketLookup } from "../../sync/ticket_lookup.ts";
import type { MissionPackages, WorkPackage } from "./work_package.ts";

/** What of a ticket can differ from its work package. */
export type Difference = "status";

/** A work package beside its ticket. */
export interface ListedPackage extends WorkPackage {
  readonly ticket: CachedTicket | null;
  /** What the ticket has otherwise than the lane says; empty without a ticket, and for a lane that is not known. */
  readonly differs: readonly Difference[];
}

/** A mission and its work packages beside their tickets. */
export interface ListedMission extends Omit<MissionPackages, "packages"> {
  readonly packages: readonly ListedPackage[];
}

/** Returns the missions with the tickets of their packages. `all` are the missions of the project. */
export function listedPackages(
  missions: readonly MissionPackages[],
  all: readonly MissionPackages[],
  lookup: TicketLookup,
): ListedMission[] {
  const owners = new Map<string, number>();
  for (const { wpId } of all.flatMap(({ packages }) => packages)) {
    owners.set(wpId, (owners.get(wpId) ?? 0) + 1);
  }
  return missions.map((mission) => ({
    ...mission,
    packages: mission.packages.map((workPackage) => {
      const { wpId, status } = workPackage;
      const ticket = lookup.ticketOf(mission.mission.featureSlug, wpId, owners.get(wpId) === 1);
      return { ...workPackage, ticket, differs: differences(status, ticket, lookup) };
    }),
  }));
}

function differences(
  status: Status | null,
  ticket: CachedTicket | null,
  lookup: TicketLookup,
): readonly Difference[] {
  if (status === null || ticket === null || ticket.status === null) return [];
  return ticket.status === status || ticket.status === lookup.nearest(status) ? [] : ["status"];
}

/** How many packages are in a lane. */
export interface LaneCount {
  /** As it is written. */
  readonly lane: string;
  readonly count: number;
}

/** The order of lanes in counts; those that are not known come last, by name. */
const ORDER = [
  "genesis",
  "planned",
  "claimed",
  "doing",
  "in_progress",
  "for_review",
  "in_review",
  "approved",
  "blocked",
  "done",
  "canceled",
];

/** Counts packages by lane, in the order that work moves in. */
export function laneCounts(packages: readonly Pick<WorkPackage, "lane">[]): LaneCount[] {
  const counts = new Map<string, number>();
  for (const { lane } of packages) counts.set(lane, (counts.get(lane) ?? 0) + 1);
  const place = (lane: string) => ORDER.includes(lane) ? ORDER.indexOf(lane) : ORDER.length;
  return [...counts].map(([lane, count]) => ({ lane, count }))
    .sort((a, b) => place(a.lane) - place(b.lane) || (a.lane < b.lane ? -1 : 1));
}

/** A package whose ticket differs from it. */
export interface DifferingPackage {
  /** The name of the mission's directory. */
  readonly mission: string;
  readonly wpId: string;
  readonly title: string;
  /** As it is written. */
  readonly lane: string;
  readonly ticket: CachedTicket;
}

/** The work packages of a project in short. */
export interface PackageSummary {
  readonly total: number;
  /** How many missions have some. */
  readonly missions: number;
  readonly lanes: readonly LaneCount[];
  readonly differing: readonly DifferingPackage[];
}

/** Counts the packages of missions, and names those whose tickets differ. */
export function packageSummary(missions: readonly ListedMission[]): PackageSummary {
  const packages = missions.flatMap((mission) => mission.packages);
  return {
    total: packages.length,
    missions: missions.filter((mission) => mission.packages.length > 0).length,
    lanes: laneCounts(packages),
    differing: missions.flatMap(({ mission, packages }) =>
      packages.flatMap(({ wpId, title, lane, ticket, differs }) =>
        ticket === null || differs.length === 0
          ? []
          : [{ mission: mission.featureSlug, wpId, title, lane, ticket }]
      )
    ),
  };
}
