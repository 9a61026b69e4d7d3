import type { ExternalRef, Status } from "../../contract/issue.ts";
import type { TicketFault } from "../../sync/package_tickets.ts";
import type { MissionPackages, WorkPackage } from "./work_package.ts";

/** What a push changes of a ticket. */
export type TicketField = "status" | "parent" | "blocked_by";

/** What became of the ticket of one work package; in a dry run, what would. */
export interface PackageOutcome {
  readonly workPackage: WorkPackage;
  /** The ticket; `null` where there is none. */
  readonly ref: ExternalRef | null;
  /** The status that the ticket had before; `null` where it is not known. */
  readonly before: Status | null;
  /** The status that the ticket follows; `null` for a lane that is not known. */
  readonly status: Status | null;
  readonly outcome: "created" | "updated" | "unchanged" | "skipped" | "failed";
  /** What was changed of a ticket that was there. */
  readonly changed: readonly TicketField[];
  /** Why something was left out or failed. */
  readonly reasons: readonly TicketFault[];
  /** What the other side says of what it did. */
  readonly message: string | null;
}

/** What became of the tickets of a mission's work packages. */
export interface MissionOutcome extends Pick<MissionPackages, "mission"> {
  readonly packages: readonly PackageOutcome[];
}

/** What a push of work packages did. */
export interface PackagesReport {
  readonly dryRun: boolean;
  readonly missions: readonly MissionOutcome[];
  /** How many packages had which outcome. */
  readonly counts: Readonly<Record<PackageOutcome["outcome"], number>>;
  /** What a person should know beside. */
  readonly notes: readonly string[];
}

/** Returns the report of some missions. */
export function packagesReport(
  missions: readonly MissionOutcome[],
  { dryRun, notes }: Pick<PackagesReport, "dryRun" | "notes">,
): PackagesReport {
  const all = missions.flatMap(({ packages }) => packages);
  const count = (outcome: PackageOutcome["outcome"]) =>
    all.filter((one) => one.outcome === outcome).length;
  return {
    dryRun,
    missions,
    counts: {
      created: count("created"),
      updated: count("updated"),
      unchanged: count("unchanged"),
      skipped: count("skipped"),
      failed: count("failed"),
    },
    notes: [...new Set(notes)],
  };
}
