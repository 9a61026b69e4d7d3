import type { ExternalRef, IssueType, Status } from "../contract/issue.ts";

/** A work package by the two names that tell it from all others of a project. */
export interface PackageName {
  /** The name of the mission's directory. */
  readonly mission: string;
  /** `WP` and digits. */
  readonly wpId: string;
}

/** The step that brought a work package to its lane. */
export interface PackageStep {
  /** When, as the log says it: ISO 8601. */
  readonly at: string;
  /** The log's own id of the step; empty where it has none. */
  readonly eventId: string;
}

/** The ticket of a work package, as the other side has it. */
export interface PackageTicket {
  readonly ref: ExternalRef;
  /** `null` where it is not known here. */
  readonly state: TicketState | null;
}

/** What of a ticket follows its work package. */
export interface TicketState {
  readonly status: Status;
  /** Id of the issue that it is a part of. */
  readonly parent: string | null;
  /** Ids of the issues that block it. */
  readonly blockedBy: readonly string[];
}

/** What is known of the tickets of some work packages. */
export interface KnownTickets {
  /** By {@link nameKey}. */
  readonly tickets: ReadonlyMap<string, PackageTicket>;
  /** The newest steps that were pushed, by {@link nameKey}. */
  readonly steps: ReadonlyMap<string, PackageStep>;
  /** Why no ticket can be created; `null` when one can. */
  readonly cannotCreate: TicketFault | null;
  /** Why no ticket can be kept blocked by another; `null` when one can. */
  readonly cannotLink: string | null;
  /** What a person should know of what was read. */
  readonly notes: readonly string[];
}

/** An issue that may be a ticket's parent. */
export interface ParentIssue {
  readonly ref: ExternalRef;
  readonly type: IssueType;
}

/** A ticket to create. Title and body are written here alone. */
export interface NewTicket extends PackageName {
  /** The lane, as it is written. */
  readonly lane: string;
  readonly title: string;
  /** Markdown. */
  readonly body: string;
  readonly status: Status;
  readonly parent: ParentIssue | null;
  readonly step: PackageStep | null;
}

/** What is to be changed of a ticket. What is left out stays as it is. */
export interface TicketChange extends PackageName {
  /** The lane, as it is written. */
  readonly lane: string;
  readonly ticket: PackageTicket;
  readonly status?: Status | undefined;
  readonly parent?: ExternalRef | undefined;
  /** Issues that block it from now on. */
  readonly blockedBy?: readonly ExternalRef[] | undefined;
  /** Issues that do so no more. */
  readonly unblockedBy?: readonly ExternalRef[] | undefined;
  readonly step: PackageStep | null;
}

/** Why something was not done. */
export interface TicketFault {
  readonly code: string;
  readonly message: string;
}

/** The code of a field that the other side does not take at all: no failure, and no reason to try again. */
export const FIELD_NOT_WRITABLE = "field_not_writable";

/** What became of a ticket. */
export interface TicketAnswer extends PackageName {
  /** `null` where none was created. */
  readonly ticket: PackageTicket | null;
  readonly outcome: "created" | "changed" | "unchanged" | "failed";
  /** What was not done; empty when all was. */
  readonly faults: readonly TicketFault[];
  /** What the other side says of what it did, such as that it is still to be delivered. */
  readonly message: string | null;
}

/** Where the tickets of work packages are: at a host, or in a tool on this machine. */
export interface PackageTickets {
  /** What the tickets belong to, such as `beads`. */
  readonly provider: string;
  /**
   * Returns what is known of the tickets of some work packages, after reading what is new at the other side. `plain`
   * are the packages whose id no other mission has, so that a mapping without a mission may be theirs.
   */
  read(names: readonly PackageName[], plain: readonly PackageName[]): Promise<KnownTickets>;
  /** Keeps here which tickets the other side has for which packages, so that they are known without it. */
  learn(): Promise<void>;
  /** Returns an issue of the other side by its id or key; `null` when it is not known here. */
  parent(idOrKey: string): Promise<ParentIssue | null>;
  /** Returns the status that comes nearest to one that the other side has no word for. */
  nearest(status: Status): Status;
  /** Creates tickets; one for a package, however often and from wherever it is asked for. */
  create(tickets: readonly NewTicket[]): Promise<readonly TicketAnswer[]>;
  /** Changes tickets. */
  change(changes: readonly TicketChange[]): Promise<readonly TicketAnswer[]>;
}

/** How to push, as far as the tickets' side is concerned. */
export interface PackageTicketsChoice {
  /** Reads alone; nothing is written on either side. */
  readonly dryRun?: boolean | undefined;
  /** Stops the work between two writes: `interrupted` is thrown. */
  readonly signal?: AbortSignal | undefined;
}

/** Returns the one name of a work package in a project, which its ticket is also created under. */
export function nameKey({ mission, wpId }: PackageName): string {
  return `${mission}/${wpId}`;
}

/** Returns whether the first step is older than the second: by time, then by the log's ids. */
export function isOlder(step: PackageStep, than: PackageStep): boolean {
  const [ours, theirs] = [orderOf(step), orderOf(than)];
  for (const [place, part] of ours.entries()) {
    const other = theirs[place] ?? "";
    if (part !== other) return part < other;
  }
  return false;
}

function orderOf({ at, eventId }: PackageStep): readonly string[] {
  const ms = Date.parse(at);
  const time = Number.isNaN(ms) ? "" : new Date(ms).toISOString();
  // Logs tell microseconds, too.
  return [time, /\.\d{3}(\d+)/.exec(at)?.[1]?.replace(/0+$/, "") ?? "", eventId];
}

/** Returns a ticket with what has been changed of it. */
export function changedTicket({ ticket, ...change }: TicketChange): PackageTicket {
  const { ref, state } = ticket;
  if (state === null) return ticket;
  const gone = (change.unblockedBy ?? []).map(({ id }) => id);
  const added = (change.blockedBy ?? []).map(({ id }) => id);
  return {
    ref,
    state: {
      status: change.status ?? state.status,
      parent: change.parent?.id ?? state.parent,
      blockedBy: [
        ...state.blockedBy.filter((id) => !gone.includes(id) && !added.includes(id)),
        ...added,
      ],
    },
  };
}
