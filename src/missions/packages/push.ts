import type { ExternalRef, Status } from "../../contract/issue.ts";
import {
  changedTicket,
  FIELD_NOT_WRITABLE,
  isOlder,
  type KnownTickets,
  nameKey,
  type NewTicket,
  type PackageName,
  type PackageStep,
  type PackageTicket,
  type PackageTickets,
  type ParentIssue,
  type TicketAnswer,
  type TicketChange,
  type TicketFault,
} from "../../sync/package_tickets.ts";
import {
  type MissionOutcome,
  type PackageOutcome,
  type PackagesReport,
  packagesReport,
  type TicketField,
} from "./push_report.ts";
import { ticketTitle } from "./ticket_text.ts";
import { laneName, type MissionPackages, type WorkPackage } from "./work_package.ts";

/** What to push, and to where. */
export interface PushPackages {
  readonly tickets: PackageTickets;
  /** All missions of the project. */
  readonly missions: readonly MissionPackages[];
  /** Whether the ticket of a package is to be pushed. */
  readonly isWanted: (name: PackageName) => boolean;
  /** The body of a ticket that is created. */
  readonly bodyOf: (mission: MissionPackages, workPackage: WorkPackage) => Promise<string>;
  /** Tells what would be done; writes nothing. */
  readonly dryRun?: boolean | undefined;
}

/**
 * Creates the tickets that work packages lack, and has all of them follow: the status of the lane, the mission's ticket
 * as the parent, blocked by the tickets of the packages that a package depends on. Title and body are written once, at
 * creation. Nothing is sent of a ticket that is as it should be. A package that fails stops none of the others.
 */
export async function pushPackages(push: PushPackages): Promise<PackagesReport> {
  const { tickets, missions, isWanted, dryRun = false } = push;
  const wanted = missions.filter(({ mission, packages }) =>
    packages.some(({ wpId }) => isWanted({ mission: mission.featureSlug, wpId }))
  );
  const names = wanted.flatMap(namesOf);
  const known = await tickets.read(names, names.filter((name) => isAlone(name, missions)));
  const notes = [...known.notes];
  const run: Run = { push, known, tickets: new Map(known.tickets), notes };
  const planned: Planned[] = [];
  for (const mission of wanted) {
    const parent = await parentOf(run, mission);
    for (const workPackage of mission.packages) {
      const name = { mission: mission.mission.featureSlug, wpId: workPackage.wpId };
      if (isWanted(name)) planned.push(plan(run, mission, workPackage, parent));
    }
  }
  const created = await createTickets(run, planned);
  const changed = await changeTickets(run, planned, created);
  const outcomes = new Map(
    planned.map((one) => [
      nameKey(one),
      outcomeOf(run, one, created.get(nameKey(one)), changed.get(nameKey(one))),
    ]),
  );
  const told = wanted.map(({ mission, packages }): MissionOutcome => ({
    mission,
    packages: packages.flatMap(({ wpId }) =>
      outcomes.get(nameKey({ mission: mission.featureSlug, wpId })) ?? []
    ),
  }));
  return packagesReport(told, { dryRun, notes });
}

/** A push under way. */
interface Run {
  readonly push: PushPackages;
  readonly known: KnownTickets;
  /** The tickets as they are known now, by `nameKey`. */
  readonly tickets: Map<string, PackageTicket>;
  readonly notes: string[];
}

/** What is wanted of the ticket of a package. */
interface Planned extends PackageName {
  readonly mission: string;
  readonly of: MissionPackages;
  readonly workPackage: WorkPackage;
  readonly parent: ParentIssue | null;
  readonly step: PackageStep | null;
  /** The status that its ticket is to have; `null` for a lane that is not known. */
  readonly status: Status | null;
  /** A newer step was pushed before: the status is left as it is. */
  readonly isBehind: boolean;
}

function namesOf({ mission, packages }: MissionPackages): PackageName[] {
  return packages.map(({ wpId }) => ({ mission: mission.featureSlug, wpId }));
}

/** Whether no other mission has a package of this id: what is mapped to the id alone is then its own. */
function isAlone({ mission, wpId }: PackageName, missions: readonly MissionPackages[]): boolean {
  return !missions.some((other) =>
    other.mission.featureSlug !== mission && other.packages.some((one) => one.wpId === wpId)
  );
}

async function parentOf(
  { push: { tickets }, notes }: Run,
  { mission: { originTicket, featureSlug } }: MissionPackages,
): Promise<ParentIssue | null> {
  if (originTicket === null || originTicket.provider !== tickets.provider) return null;
  const { external_issue_id: id, external_issue_key: key } = originTicket;
  const parent = await tickets.parent(id) ?? await tickets.parent(key);
  if (parent === null) {
    notes.push(
      `${key}, the ticket of ${featureSlug}, is not among the issues here: tickets of its work packages get no parent`,
    );
  }
  return parent;
}

function plan(
  { push: { tickets }, known }: Run,
  of: MissionPackages,
  workPackage: WorkPackage,
  parent: ParentIssue | null,
): Planned {
  const name = { mission: of.mission.featureSlug, wpId: workPackage.wpId };
  const step = stepOf(of, workPackage);
  const newest = known.steps.get(nameKey(name));
  return {
    ...name,
    of,
    workPackage,
    parent,
    step,
    status: workPackage.status === null ? null : tickets.nearest(workPackage.status),
    isBehind: step !== null && newest !== undefined && isOlder(step, newest),
  };
}

/** The step that brought a package to its lane, where the lane log says so. */
function stepOf({ steps }: MissionPackages, { wpId, laneSource }: WorkPackage): PackageStep | null {
  const last = laneSource === "log" ? steps.findLast((step) => step.wpId === wpId) : undefined;
  return last === undefined ? null : { at: last.at, eventId: last.eventId ?? "" };
}

type Answers = ReadonlyMap<string, TicketAnswer>;

function byName(answers: readonly TicketAnswer[]): Answers {
  return new Map(answers.map((answer) => [nameKey(answer), answer]));
}

async function createTickets(
  { push: { tickets, bodyOf, dryRun }, known, tickets: have }: Run,
  planned: readonly Planned[],
): Promise<Answers> {
  if (dryRun === true || known.cannotCreate !== null) return new Map();
  const missing: NewTicket[] = [];
  for (const { mission, wpId, of, workPackage, status, parent, step } of planned) {
    if (status === null || have.has(nameKey({ mission, wpId }))) continue;
    missing.push({
      ...{ mission, wpId, status, parent, step, lane: workPackage.lane },
      title: ticketTitle(workPackage),
      body: await bodyOf(of, workPackage),
    });
  }
  const answers = missing.length === 0 ? [] : await tickets.create(missing);
  for (const answer of answers) {
    if (answer.ticket !== null) have.set(nameKey(answer), answer.ticket);
  }
  return byName(answers);
}

async function changeTickets(run: Run, planned: readonly Planned[], created: Answers) {
  const { push: { tickets, dryRun }, tickets: have } = run;
  const changes = planned.flatMap((one) => changeOf(run, one, created.get(nameKey(one))) ?? []);
  const answers = dryRun === true
    ? changes.map(pretended)
    : changes.length === 0
    ? []
    : await tickets.change(changes);
  for (const answer of answers) {
    if (answer.ticket !== null) have.set(nameKey(answer), answer.ticket);
  }
  const fields = new Map(changes.map((change) => [nameKey(change), fieldsOf(change)]));
  return new Map(
    answers.map((answer) => [
      nameKey(answer),
      { answer, fields: fields.get(nameKey(answer)) ?? [] },
    ]),
  );
}

/** The answer that a dry run takes for given. */
function pretended(change: TicketChange): TicketAnswer {
  const { mission, wpId } = change;
  return {
    ...{ mission, wpId, outcome: "changed", faults: [], message: null },
    ticket: changedTicket(change),
  };
}

/** Returns what is to be changed of the ticket of a package; `null` when it is as it should be. */
function changeOf(
  run: Run,
  { mission, wpId, of, workPackage, status, isBehind, parent, step }: Planned,
  created: TicketAnswer | undefined,
): TicketChange | null {
  const ticket = run.tickets.get(nameKey({ mission, wpId }));
  if (ticket === undefined || status === null) return null;
  const { state } = ticket;
  const isStatusTold = created !== undefined && created.outcome === "created";
  const links = linksOf(run, of, workPackage, ticket);
  const change: TicketChange = {
    ...{ mission, wpId, ticket, step, lane: workPackage.lane },
    ...(isBehind || isStatusTold || state?.status === status ? {} : { status }),
    ...(parent === null || state?.parent === parent.ref.id || parent.ref.id === ticket.ref.id
      ? {}
      : { parent: parent.ref }),
    ...(links.add.length === 0 ? {} : { blockedBy: links.add }),
    ...(links.remove.length === 0 ? {} : { unblockedBy: links.remove }),
  };
  return fieldsOf(change).length === 0 ? null : change;
}

function fieldsOf(change: TicketChange): readonly TicketField[] {
  return [
    ...(change.status === undefined ? [] : ["status" as const]),
    ...(change.parent === undefined ? [] : ["parent" as const]),
    ...(change.blockedBy === undefined && change.unblockedBy === undefined
      ? []
      : ["blocked_by" as const]),
  ];
}

/** The dependencies are ours as far as they are tickets of the same mission; links to other issues belong to people. */
function linksOf(
  { known, tickets, notes }: Run,
  { mission: { featureSlug: mission }, packages }: MissionPackages,
  { wpId, dependencies }: WorkPackage,
  { state }: PackageTicket,
): { readonly add: readonly ExternalRef[]; readonly remove: readonly ExternalRef[] } {
  const wanted = dependencies.flatMap((id) =>
    id === wpId ? [] : tickets.get(nameKey({ mission, wpId: id }))?.ref ?? []
  );
  const has = state?.blockedBy ?? [];
  const add = wanted.filter(({ id }) => !has.includes(id));
  const others = packages.flatMap((other) =>
    other.wpId === wpId ? [] : tickets.get(nameKey({ mission, wpId: other.wpId }))?.ref ?? []
  );
  const remove = others.filter(({ id }) =>
    has.includes(id) && !wanted.some((ref) => ref.id === id)
  );
  if (known.cannotLink === null) return { add, remove };
  if (add.length + remove.length > 0) {
    notes.push(`Dependencies are not shown at the tickets: ${known.cannotLink}`);
  }
  return { add: [], remove: [] };
}

function outcomeOf(
  run: Run,
  one: Planned,
  created: TicketAnswer | undefined,
  change: { readonly answer: TicketAnswer; readonly fields: readonly TicketField[] } | undefined,
): PackageOutcome {
  const { known, push: { dryRun = false } } = run;
  const { workPackage, status } = one;
  const ticket = run.tickets.get(nameKey(one)) ?? null;
  const changed = change?.answer;
  const message = [created?.message, changed?.message].filter((text) => text != null).join("; ");
  const told = {
    workPackage,
    ref: ticket?.ref ?? null,
    before: known.tickets.get(nameKey(one))?.state?.status ?? null,
    status,
    changed: [],
    message: message === "" ? null : message,
  };
  if (status === null) {
    return { ...told, outcome: "skipped", reasons: [whyWithoutStatus(workPackage)] };
  }
  if (ticket === null && created === undefined) {
    return known.cannotCreate !== null
      ? { ...told, outcome: "failed", reasons: [known.cannotCreate] }
      : { ...told, outcome: dryRun ? "created" : "failed", reasons: dryRun ? [] : [NOT_ANSWERED] };
  }
  const faults = [...created?.faults ?? [], ...changed?.faults ?? []];
  const failures = faults.filter(({ code }) => code !== FIELD_NOT_WRITABLE);
  if (failures.length > 0) return { ...told, outcome: "failed", reasons: faults };
  const reasons = [...faults, ...behindReasons(one, ticket)];
  if (created?.outcome === "created") return { ...told, outcome: "created", reasons };
  if (changed?.outcome === "changed") {
    return { ...told, outcome: "updated", changed: change?.fields ?? [], reasons };
  }
  return { ...told, outcome: reasons.length > 0 ? "skipped" : "unchanged", reasons };
}

function whyWithoutStatus({ lane, isWhole }: WorkPackage): TicketFault {
  return isWhole
    ? { code: "lane_unknown", message: `The lane "${laneName(lane)}" is not known` }
    : {
      code: "work_package_damaged",
      message: "Its file, or the one that says its lane, cannot be read",
    };
}

const NOT_ANSWERED: TicketFault = {
  code: "not_answered",
  message: "It is not known what became of its ticket",
};

function behindReasons(
  { isBehind, status }: Planned,
  ticket: PackageTicket | null,
): readonly TicketFault[] {
  if (!isBehind || ticket?.state?.status === status) return [];
  const message =
    "A newer step was pushed from another branch or clone: the status is left as it is";
  return [{ code: "newer_step_known", message }];
}
