import { listedPackages, packageSummary } from "../missions/packages/listing.ts";
import type { MissionPackages } from "../missions/packages/work_package.ts";
import type { TicketLookup } from "../sync/ticket_lookup.ts";
import { visibleStart } from "../pages/visible.ts";
import { handleOf } from "./issue_reading.ts";

/** What the page shows of work packages. */
export interface PackagesView {
  readonly total: number;
  readonly missions: number;
  readonly lanes: readonly { readonly lane: string; readonly count: number }[];
  /** The first of those whose tickets differ. */
  readonly differing: readonly DifferingView[];
  /** How many more there are. */
  readonly more: number;
}

/** A work package whose ticket differs from it. */
export interface DifferingView {
  readonly mission: string;
  readonly work_package: string;
  readonly title: string;
  readonly lane: string;
  readonly issue: string;
  /** Asks for the issue; `null` when it is not in the cache. */
  readonly handle: string | null;
  /** The ticket's status. */
  readonly status: string;
}

/** So many differing tickets are shown. */
const SHOWN = 20;
const TITLE_LENGTH = 200;
const WORD_LENGTH = 40;
/** So many lanes are shown: unknown ones may be as many as there are packages. */
const SHOWN_LANES = 15;

/** Returns what is shown of the work packages of missions, beside their tickets; `null` where there is none. */
export function packagesView(
  missions: readonly MissionPackages[],
  tickets: TicketLookup,
): PackagesView | null {
  if (missions.every(({ packages }) => packages.length === 0)) return null;
  const { total, missions: count, lanes, differing } = packageSummary(
    listedPackages(missions, missions, tickets),
  );
  return {
    total,
    missions: count,
    lanes: lanes.slice(0, SHOWN_LANES).map(({ lane, count }) => ({
      lane: visibleStart(lane, WORD_LENGTH),
      count,
    })),
    differing: differing.slice(0, SHOWN).map(({ mission, wpId, title, lane, ticket }) => ({
      mission: visibleStart(mission, TITLE_LENGTH),
      work_package: wpId,
      title: visibleStart(title, TITLE_LENGTH),
      lane: visibleStart(lane, WORD_LENGTH),
      issue: visibleStart(ticket.ref.key ?? ticket.ref.id, WORD_LENGTH),
      handle: ticket.status === null ? null : handleOf(ticket.ref),
      status: ticket.status ?? "",
    })),
    more: Math.max(0, differing.length - SHOWN),
  };
}

/** The ids of the work packages of missions. */
export function packageIds(missions: readonly MissionPackages[]): ReadonlySet<string> {
  return new Set(missions.flatMap(({ packages }) => packages.map(({ wpId }) => wpId)));
}
