import { blankIssue, type IssueLink, type NormalizedIssue } from "../contract/issue.ts";
import { TrackerError } from "../platform/tracker_error.ts";
import { absorb } from "../sync/absorb.ts";
import { differingFields, type FieldPatch, fieldsOf, patchedFields } from "../sync/fields.ts";
import { nearestStatus } from "../sync/nearest_status.ts";
import { keepStep, keptSteps } from "../sync/kept_steps.ts";
import {
  FIELD_NOT_WRITABLE,
  nameKey,
  type NewTicket,
  type PackageName,
  type PackageTicket,
  type PackageTickets,
  type ParentIssue,
  type TicketAnswer,
  type TicketChange,
  type TicketFault,
  type TicketState,
} from "../sync/package_tickets.ts";
import { localIdOf } from "./connector.ts";
import type { SyncContext } from "./engine.ts";
import { pull } from "./pull.ts";
import { isOfOneCall } from "./tool.ts";

/**
 * The tickets of work packages in a tool on this machine. An issue is known as the ticket of a package by its external
 * reference, which the tool keeps. The caller holds the lock of the tool's database, so that no ticket is created twice.
 */
export function localPackageTickets(context: SyncContext): PackageTickets {
  const { connector, store } = context;
  return {
    provider: connector.provider,
    async read(names, plain) {
      const pulled = await pull(context);
      const cutOff = pulled.failures.find(({ id }) => id === null);
      const byOwnId = issuesByOwnId(context);
      const tickets = new Map<string, PackageTicket>();
      for (const name of names) {
        const issue = byOwnId.get(nameKey(name)) ?? mappedIssue(context, name, plain);
        if (issue !== null) tickets.set(nameKey(name), ticketOf(issue));
      }
      return {
        tickets,
        steps: keptSteps(store.packages),
        cannotCreate: cutOff === undefined ? null : {
          code: cutOff.code,
          message: `It may have a ticket that was not listed: ${cutOff.message}`,
        },
        cannotLink: null,
        notes: pulled.failures.map(({ message }) => message),
      };
    },
    // The issues say it themselves, by their external references.
    learn: () => Promise.resolve(),
    parent: (idOrKey) => Promise.resolve(parentOf(store.issues.find(idOrKey)?.base ?? null)),
    nearest: (status) =>
      nearestStatus(status, (one) => connector.words.status.toForeign(one) !== null),
    create: (tickets) => each(context, tickets, (ticket) => createTicket(context, ticket)),
    change: (changes) => each(context, changes, (change) => changeTicket(context, change)),
  };
}

function parentOf(issue: NormalizedIssue | null): ParentIssue | null {
  return issue === null ? null : { ref: issue.ref, type: issue.issue_type };
}

/** Of several issues with one reference, which other programs may have created, the oldest counts. */
function issuesByOwnId({ store }: SyncContext): ReadonlyMap<string, NormalizedIssue> {
  const found = new Map<string, NormalizedIssue>();
  for (const { ref: { id } } of store.list()) {
    const issue = store.issues.load(id)?.base ?? null;
    const ownId = issue === null ? null : localIdOf(issue);
    if (issue === null || ownId === null) continue;
    const known = found.get(ownId);
    if (known === undefined || isBefore(issue, known)) found.set(ownId, issue);
  }
  return found;
}

function isBefore(a: NormalizedIssue, b: NormalizedIssue): boolean {
  return a.created_at < b.created_at || a.created_at === b.created_at && a.ref.id < b.ref.id;
}

/** The ticket that was pushed from here before, though its reference was taken away since; else what was mapped by hand. */
function mappedIssue(
  { connector, store }: SyncContext,
  { mission, wpId }: PackageName,
  plain: readonly PackageName[],
): NormalizedIssue | null {
  const known = store.packages.of(mission, wpId)?.issueId;
  const pushed = known === undefined ? null : store.issues.load(known)?.base ?? null;
  if (pushed !== null) return pushed;
  if (!plain.some((one) => one.mission === mission && one.wpId === wpId)) return null;
  const mapping = store.mappings.of(wpId, connector.provider);
  return mapping === null ? null : store.issues.find(mapping.external_id)?.base ?? null;
}

function ticketOf(issue: NormalizedIssue): PackageTicket {
  return { ref: issue.ref, state: stateOf(issue) };
}

function stateOf({ status, parent_ref, links }: NormalizedIssue): TicketState {
  return {
    status,
    parent: parent_ref?.id ?? null,
    blockedBy: links.filter(({ type }) => type === "blocked_by").map(({ ref }) => ref.id),
  };
}

async function createTicket(context: SyncContext, wanted: NewTicket): Promise<TicketAnswer> {
  const { connector } = context;
  const ref = { system: connector.provider, workspace: connector.workspace, id: nameKey(wanted) };
  const values = fieldsOf({
    ...blankIssue(ref, ""),
    title: wanted.title,
    body: wanted.body,
    parent_ref: wanted.parent?.ref ?? null,
  });
  const id = await connector.create(values, nameKey(wanted));
  const made = await take(context, id);
  const { status } = made;
  const rest = await write(
    context,
    made,
    status === wanted.status ? {} : { status: wanted.status },
  );
  keep(context, wanted, rest.issue, rest.faults);
  return answerTo(wanted, rest.issue, "created", rest.faults);
}

async function changeTicket(context: SyncContext, change: TicketChange): Promise<TicketAnswer> {
  const { connector } = context;
  const current = await connector.get(change.ticket.ref.id);
  if (current === null) {
    const message = "The tool does not have its ticket any more";
    return answerTo(change, null, "failed", [{ code: "issue_gone", message }]);
  }
  const all: FieldPatch = {
    ...(change.status === undefined ? {} : { status: change.status }),
    ...(change.parent === undefined ? {} : { parent: change.parent }),
    ...(change.blockedBy === undefined && change.unblockedBy === undefined
      ? {}
      : { links: linksAfter(current.links, change) }),
  };
  const values = fieldsOf(current);
  const differing = differingFields(values, { ...values, ...all });
  if (differing.length === 0) {
    keep(context, change, current, []);
    return answerTo(change, current, "unchanged", []);
  }
  const patch: FieldPatch = {
    ...(differing.includes("status") ? { status: all.status } : {}),
    ...(differing.includes("parent") ? { parent: all.parent } : {}),
    ...(differing.includes("links") ? { links: all.links } : {}),
  };
  const { issue, faults } = await write(context, current, patch);
  keep(context, change, issue, faults);
  const isChanged = differingFields(values, fieldsOf(issue)).length > 0;
  const outcome = isChanged ? "changed" : faults.length > 0 ? "failed" : "unchanged";
  return answerTo(change, issue, outcome, faults);
}

function linksAfter(
  links: readonly IssueLink[],
  { blockedBy = [], unblockedBy = [] }: TicketChange,
): IssueLink[] {
  const named = [...blockedBy, ...unblockedBy].map(({ id }) => id);
  return [
    ...links.filter(({ type, ref }) => type !== "blocked_by" || !named.includes(ref.id)),
    ...blockedBy.map((ref) => ({ type: "blocked_by" as const, ref })),
  ];
}

/** Writes fields of an issue, and returns it as the tool has it then. */
async function write(
  context: SyncContext,
  current: NormalizedIssue,
  patch: FieldPatch,
): Promise<{ readonly issue: NormalizedIssue; readonly faults: readonly TicketFault[] }> {
  const { connector } = context;
  const before = fieldsOf(current);
  const wanted = { ...before, ...patch };
  const faults: TicketFault[] = [];
  const writable = patchedFields(patch).filter((field) => {
    const reason = connector.refusal(field, wanted, before);
    if (reason !== null) faults.push({ code: FIELD_NOT_WRITABLE, message: reason });
    return reason === null;
  });
  if (writable.length === 0) return { issue: current, faults };
  const allowed = Object.fromEntries(writable.map((field) => [field, wanted[field]]));
  // What is done is said by the lanes, no matter whom the issue is assigned to and what it waits for.
  const { failures } = await connector.update(current, allowed, { closesAnyhow: true });
  faults.push(...failures.map(({ code, message }) => ({ code, message })));
  const issue = await take(context, current.ref.id);
  const values = fieldsOf(issue);
  const lost = failures.length > 0
    ? []
    : writable.filter((field) =>
      differingFields(values, { ...values, [field]: wanted[field] }).length > 0
    );
  for (const field of lost) {
    const message = `${connector.provider} took the write of ${field} but holds another value`;
    faults.push({ code: "write_not_kept", message });
  }
  return { issue, faults };
}

/** Reads an issue and takes what the tool shows into the cache. */
async function take(context: SyncContext, id: string): Promise<NormalizedIssue> {
  const { connector, store, clock, onEvent } = context;
  const readAt = clock.now();
  const fresh = await connector.get(id);
  if (fresh === null) {
    throw new TrackerError({
      code: "ticket_not_kept",
      message: `${connector.provider} does not have "${id}" after writing it`,
    });
  }
  store.transaction(() => {
    const known = store.issues.load(id);
    if (known === null) store.putPage([fresh]);
    else {
      const absorbed = absorb(
        { ...context, side: connector, now: clock.now(), readAt, isOwnWrite: true, onEvent },
        known,
        fresh,
      );
      store.issues.put(absorbed.stored);
    }
  });
  return fresh;
}

/** A step of which the status could not be written was not pushed. */
function keep(
  { store }: SyncContext,
  wanted: NewTicket | TicketChange,
  { ref: { id } }: NormalizedIssue,
  faults: readonly TicketFault[],
): void {
  const isWhole = faults.every(({ code }) => code === FIELD_NOT_WRITABLE);
  keepStep(store.packages, wanted, id, isWhole ? wanted.step : null);
}

function answerTo(
  { mission, wpId }: PackageName,
  issue: NormalizedIssue | null,
  outcome: TicketAnswer["outcome"],
  faults: readonly TicketFault[],
): TicketAnswer {
  const ticket = issue === null ? null : ticketOf(issue);
  return { mission, wpId, ticket, outcome, faults, message: null };
}

/** Does one after the other; one that fails by itself stops none of the others. */
async function each<T extends NewTicket | TicketChange>(
  context: SyncContext,
  all: readonly T[],
  work: (one: T) => Promise<TicketAnswer>,
): Promise<readonly TicketAnswer[]> {
  const answers: TicketAnswer[] = [];
  for (const one of all) {
    await context.checkStop?.();
    try {
      answers.push(await work(one));
    } catch (error) {
      if (!(error instanceof TrackerError) || !isOfOneCall(error)) throw error;
      const { code, message } = error;
      answers.push(answerTo(one, null, "failed", [{ code, message }]));
    }
  }
  return answers;
}
