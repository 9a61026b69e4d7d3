import type { ExternalRef, NormalizedIssue } from "../contract/issue.ts";
import type { PushItem } from "../contract/push.ts";
import type { Mapping, PushItemOutcome } from "../contract/results.ts";
import type { IssueStore } from "../store/issue_store.ts";
import { keepStep, keptSteps } from "../sync/kept_steps.ts";
import {
  changedTicket,
  nameKey,
  type NewTicket,
  type PackageName,
  type PackageTicket,
  type PackageTickets,
  type PackageTicketsChoice,
  type TicketAnswer,
  type TicketChange,
  type TicketFault,
  type TicketState,
} from "../sync/package_tickets.ts";
import type { HostedTracker } from "./hosted_tracker.ts";

/** What the tickets of work packages at a host are reached with. */
export interface PackageTicketsDeps {
  readonly tracker: Pick<HostedTracker, "provider" | "offers" | "pull" | "mappings" | "push">;
  /** Opens the cache of the binding; an empty one for reading where there is none. */
  readonly open: (purpose: "read" | "write") => Promise<IssueStore>;
  /** The workspace of references as the binding says it; `null` where it does not. */
  readonly workspace: string | null;
}

/**
 * The tickets of work packages at a host. One that offers `work_packages` keeps which ticket belongs to which package
 * of which mission, and creates one for a package; a mapping there that names no mission counts for none. At any other, tickets follow their lanes that are mapped by hand.
 */
export function hostedPackageTickets(
  deps: PackageTicketsDeps,
  choice: PackageTicketsChoice,
): PackageTickets {
  const { tracker } = deps;
  // A host that keeps no packages is told nothing of them.
  const owned = new Set<string>();
  return {
    provider: tracker.provider,
    async read(names, plain) {
      const { isOwned, ...known } = await readTickets(deps, choice, names, plain);
      for (const name of names) if (isOwned(name)) owned.add(nameKey(name));
      return known;
    },
    async learn() {
      const { mappings } = await tracker.mappings();
      using store = await deps.open("write");
      keepMappings(store, mappings);
    },
    async parent(idOrKey) {
      using store = await deps.open("read");
      const issue = store.issues.find(idOrKey)?.base ?? null;
      return issue === null ? null : { ref: plainRef(issue.ref), type: issue.issue_type };
    },
    nearest: (status) => status,
    async create(tickets) {
      const workspace = await workspaceOf(deps);
      if (workspace === null) return tickets.map((one) => failed(one, null, WORKSPACE_UNKNOWN));
      for (const one of tickets) owned.add(nameKey(one));
      return await push(deps, choice, tickets, (one) => createItem(deps, one, workspace));
    },
    change: (changes) =>
      push(deps, choice, changes, (one) => changeItem(one, owned.has(nameKey(one)))),
  };
}

const WORKSPACE_UNKNOWN: TicketFault = {
  code: "workspace_unknown",
  message: "It is not known how the host names the place of its issues",
};

async function readTickets(
  deps: PackageTicketsDeps,
  { dryRun, signal }: PackageTicketsChoice,
  names: readonly PackageName[],
  plain: readonly PackageName[],
) {
  const { tracker } = deps;
  // What a dry run tells is as old as the cache.
  const pulled = dryRun === true ? null : await tracker.pull({ limit: "rest", signal });
  const [isOffered, hasSets] = [
    await tracker.offers("work_packages"),
    await tracker.offers("patch_sets"),
  ];
  const { mappings } = await tracker.mappings();
  using store = await deps.open(dryRun === true ? "read" : "write");
  if (dryRun !== true) keepMappings(store, mappings);
  const tickets = new Map<string, PackageTicket>();
  for (const name of names) {
    const mapping = mappings.find((one) => isOf(one, name)) ??
      // Who mapped it may have meant another project's package: a host that keeps packages creates this one's own.
      (isOffered ? undefined : plainMapping(store, mappings, { name, plain }));
    if (mapping !== undefined) tickets.set(nameKey(name), ticketOf(store, mapping));
  }
  const unread = pulled?.result.item_errors ?? [];
  return {
    isOwned: (name: PackageName) => mappings.some((one) => isOf(one, name)),
    tickets,
    steps: keptSteps(store.packages),
    cannotCreate: isOffered ? null : {
      code: "work_packages_unsupported",
      message: "This host keeps no tickets of work packages, so that none is created",
    },
    cannotLink: hasSets ? null : "this host takes no changes of links",
    notes: unread.map(({ message }) => message),
  };
}

/** What another clone has pushed can then be found here without the host, too. */
function keepMappings(store: IssueStore, mappings: readonly Mapping[]): void {
  store.transaction(() => {
    for (const { mission, wp_id: wpId, external_id: id } of mappings) {
      if (mission == null || store.packages.of(mission, wpId)?.issueId === id) continue;
      keepStep(store.packages, { mission, wpId }, id, null);
    }
  });
}

function isOf({ mission, wp_id }: Mapping, name: PackageName): boolean {
  return mission === name.mission && wp_id === name.wpId;
}

/** The mapping that names no mission: of a package whose id no other mission has, or that was pushed to it from here. */
function plainMapping(
  store: IssueStore,
  mappings: readonly Mapping[],
  { name, plain }: { readonly name: PackageName; readonly plain: readonly PackageName[] },
): Mapping | undefined {
  const isPlain = plain.some((one) => nameKey(one) === nameKey(name));
  const pushed = store.packages.of(name.mission, name.wpId)?.issueId;
  return mappings.find(({ mission, wp_id, external_id }) =>
    mission == null && wp_id === name.wpId && (isPlain || external_id === pushed)
  );
}

function ticketOf(store: IssueStore, mapping: Mapping): PackageTicket {
  const { system, workspace, external_id: id, external_key: key } = mapping;
  const ref = { system, workspace, id, ...(key == null ? {} : { key }) };
  return { ref, state: stateIn(store, ref) };
}

/** The state of an issue as the host showed it last; `null` where it has not. */
function stateIn(store: IssueStore, { id }: ExternalRef): TicketState | null {
  const issue = store.issues.find(id)?.base ?? null;
  return issue === null ? null : stateOf(issue);
}

function stateOf({ status, parent_ref, links }: NormalizedIssue): TicketState {
  return {
    status,
    parent: parent_ref?.id ?? null,
    blockedBy: links.filter(({ type }) => type === "blocked_by").map(({ ref }) => ref.id),
  };
}

async function workspaceOf({ open, workspace }: PackageTicketsDeps): Promise<string | null> {
  using store = await open("read");
  return store.issues.workspace() ?? workspace;
}

function createItem(
  { tracker }: PackageTicketsDeps,
  ticket: NewTicket,
  workspace: string,
): PushItem {
  const { title, body, status, parent } = ticket;
  return {
    ref: { system: tracker.provider, workspace, id: nameKey(ticket) },
    action: "create",
    patch: {
      title,
      body,
      // Below an epic is where trackers have no subtasks: each has a type of its own for what is there.
      ...(parent === null || parent.type === "epic" ? {} : { issue_type: "subtask" as const }),
      ...(parent === null ? {} : { parent_ref: parent.ref }),
    },
    target_status: status,
    work_package: { ...packageOf(ticket), title },
  };
}

function changeItem(change: TicketChange, isOwned: boolean): PushItem {
  const { ticket: { ref }, status, parent, blockedBy, unblockedBy } = change;
  const links = (refs: readonly ExternalRef[]) =>
    refs.map((one) => ({ type: "blocked_by" as const, ref: plainRef(one) }));
  const patch = {
    ...(parent === undefined ? {} : { parent_ref: plainRef(parent) }),
    ...(blockedBy === undefined ? {} : { links_add: links(blockedBy) }),
    ...(unblockedBy === undefined ? {} : { links_remove: links(unblockedBy) }),
  };
  const rest = {
    ref: plainRef(ref),
    ...(Object.keys(patch).length === 0 ? {} : { patch }),
    ...(isOwned ? { work_package: packageOf(change) } : {}),
  };
  return status === undefined
    ? { ...rest, action: "update" }
    : { ...rest, action: "transition", target_status: status };
}

function packageOf({ mission, wpId, lane, step }: NewTicket | TicketChange) {
  return {
    mission,
    wp_id: wpId,
    ...(step === null ? {} : {
      lane,
      at: step.at,
      ...(step.eventId === "" ? {} : { event_id: step.eventId }),
    }),
  };
}

async function push<T extends NewTicket | TicketChange>(
  { tracker, open }: PackageTicketsDeps,
  { signal }: PackageTicketsChoice,
  all: readonly T[],
  itemOf: (one: T) => PushItem,
): Promise<readonly TicketAnswer[]> {
  if (all.length === 0) return [];
  const items = all.map(itemOf);
  const outcome = await tracker.push(items, { signal });
  if (outcome.kind !== "pushed") return [];
  const { result } = outcome;
  using store = await open("write");
  return all.map((one, place): TicketAnswer => {
    const item = items[place];
    const answered = result.items.find(({ ref, action }) =>
      ref.id === item?.ref.id && action === item.action
    );
    const faults = (result.item_errors ?? []).filter(({ ref }) => ref.id === item?.ref.id)
      .map(({ code, message }) => ({ code, message }));
    const isDone = answered !== undefined && answered.outcome !== "failed";
    const before = "ticket" in one ? one.ticket : null;
    const ref = answered?.remote_ref ?? before?.ref ?? null;
    if (!isDone || ref === null) {
      const message = answered?.message ?? "The host did not say what became of it";
      return { ...failed(one, before, { code: "not_answered", message }), ...some(faults) };
    }
    if (faults.length === 0) keepStep(store.packages, one, ref.id, one.step);
    const { mission, wpId } = one;
    return {
      mission,
      wpId,
      ticket: "ticket" in one ? changedTicket(one) : { ref, state: stateIn(store, ref) },
      outcome: outcomeOf(answered.outcome),
      faults,
      message: answered.message ?? null,
    };
  });
}

function outcomeOf(outcome: PushItemOutcome): TicketAnswer["outcome"] {
  return outcome === "created" || outcome === "unchanged" || outcome === "failed"
    ? outcome
    : "changed";
}

function some(faults: readonly TicketFault[]): { readonly faults?: readonly TicketFault[] } {
  return faults.length === 0 ? {} : { faults };
}

function failed(
  { mission, wpId }: PackageName,
  ticket: PackageTicket | null,
  fault: TicketFault,
): TicketAnswer {
  return { mission, wpId, ticket, outcome: "failed", faults: [fault], message: null };
}

/** A reference as the contract has it, without what a host added to it. */
function plainRef({ system, workspace, id, key }: ExternalRef): ExternalRef {
  return { system, workspace, id, ...(key == null ? {} : { key }) };
}
