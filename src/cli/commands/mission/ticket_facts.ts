import type { NormalizedIssue } from "../../../contract/issue.ts";
import { myNames } from "../../../missions/my_names.ts";
import { type TakenTicket, takeTicket } from "../../../missions/take_ticket.ts";
import { tasksIn, type TicketText } from "../../../missions/ticket_text.ts";
import type { Platform } from "../../../platform/platform.ts";
import { TrackerError } from "../../../platform/tracker_error.ts";
import type { Backend } from "../../../tracker/backend.ts";

/** A ticket as it is cached, and its parts. */
export interface CachedTicket {
  readonly issue: NormalizedIssue;
  /** All that is cached; its parts are among them. */
  readonly all: readonly NormalizedIssue[];
}

/**
 * Returns a ticket from the cache; what has changed at the host is pulled where it is not there. `null` where it is not
 * there by then, or the host does not answer: a mission starts without the ticket's text, too.
 */
export async function cachedTicket(backend: Backend, id: string): Promise<CachedTicket | null> {
  const known = await shown(backend, id);
  if (known !== null || backend.kind === "local") return known;
  try {
    await backend.service.pull();
  } catch (error) {
    if (!(error instanceof TrackerError) || error.code === "interrupted") throw error;
    return null;
  }
  return await shown(backend, id);
}

async function shown({ service }: Backend, id: string): Promise<CachedTicket | null> {
  try {
    const { issue } = await service.issueShow(id);
    return { issue, all: await service.issueList() };
  } catch (error) {
    if (error instanceof TrackerError && error.code === "issue_not_found") return null;
    throw error;
  }
}

/** What a ticket says: its body, and its task lists and parts as tasks. */
export function textOf(
  { issue, all }: CachedTicket,
): Pick<TicketText, "body" | "tasks"> {
  const children = all.filter(({ parent_ref: parent }) => parent?.id === issue.ref.id);
  const parts = children.toReversed().map(({ ref, title, status }) => ({
    text: `${ref.key ?? ref.id} ${title}`,
    isDone: status === "done" || status === "canceled",
  }));
  return { body: issue.body, tasks: [...tasksIn(issue.body), ...parts] };
}

/** Moves a ticket to in progress and assigns it to the user; see {@link takeTicket}. */
export async function takeFor(
  { platform, root, backend, ticket }: {
    readonly platform: Platform;
    readonly root: string;
    readonly backend: Backend;
    readonly ticket: CachedTicket | null;
  },
): Promise<TakenTicket> {
  if (ticket === null) {
    const reason = "the ticket is not in the cache: `tracker sync pull --all`, then start it again";
    return { status: { kind: "failed", reason }, assignee: { kind: "failed", reason } };
  }
  const names = await myNames({ platform, root, place: backend, issues: ticket.all });
  return await takeTicket({
    issues: backend.service,
    id: ticket.issue.ref.id,
    names,
    push: (id) =>
      backend.kind === "local"
        ? backend.service.push({ only: [id] })
        : backend.service.pushEdits({ only: [id] }),
  });
}
