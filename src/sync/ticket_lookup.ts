import type { ExternalRef, Status } from "../contract/issue.ts";

/** The ticket of a work package, as far as it is known here. */
export interface CachedTicket {
  readonly ref: ExternalRef;
  /** As the tracker has it; `null` where it is not in the cache. */
  readonly status: Status | null;
}

/** Finds tickets of work packages. */
export interface TicketLookup {
  /**
   * Returns the ticket of a package; `null` when none is known. `isOnly` says that no other mission has a package of
   * that id, so that a mapping which names no mission is its own.
   */
  ticketOf(mission: string, wpId: string, isOnly: boolean): CachedTicket | null;
  /** Returns the status that the tracker has for one: where it has no word for it, the nearest one. */
  nearest(status: Status): Status;
}

/** The lookup of a project without a binding, or with an empty cache. */
export const NO_TICKETS: TicketLookup = { ticketOf: () => null, nearest: (status) => status };
