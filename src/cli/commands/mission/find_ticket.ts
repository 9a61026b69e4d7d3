import type { NormalizedIssue } from "../../../contract/issue.ts";
import type { OriginCandidate } from "../../../contract/search.ts";
import { isMe, myNames } from "../../../missions/my_names.ts";
import { candidateOf } from "../../../missions/search_origin.ts";
import type { TrackerError } from "../../../platform/tracker_error.ts";
import type { Backend, ProjectContext } from "../../../tracker/backend.ts";
import type { Context } from "../../command/context.ts";
import { choose } from "../../terminal/choose.ts";
import { noAnswer } from "../../terminal/prompts.ts";
import { searchTickets, type TicketQuery } from "../../services/tickets.ts";
import { chooseTicket, noTicketFound } from "./tickets.ts";

/** Where a ticket is looked for, and by what. */
export interface TicketSearch {
  readonly project: ProjectContext;
  readonly backend: Backend;
  readonly query: TicketQuery;
}

/** A ticket that a person has confirmed, and the resource that it is in. */
export interface FoundTicket {
  readonly candidate: OriginCandidate;
  readonly resourceType: string;
  readonly resourceId: string;
}

/**
 * Finds the ticket that a mission is to start from, and has it confirmed: the one that is named, one of those searched for,
 * or without either the one chosen from the open tickets. `null` when a person refuses.
 *
 * @throws {TrackerError} `no_ticket`, `no_answer`, `invalid_answer`; what the search throws.
 */
export async function findTicket(
  context: Context,
  { project, backend, query }: TicketSearch,
): Promise<FoundTicket | null> {
  if (query.kind === "key" || query.words.length > 0) {
    const found = await searchTickets(context, project.root, query);
    const candidate = await chooseTicket(context, query, found, "Start a mission from");
    const { resourceType, resourceId } = found;
    return candidate === null ? null : { candidate, resourceType, resourceId };
  }
  const issue = await pickIssue(context, project, backend);
  if (issue === null) return null;
  const key = issue.ref.key ?? issue.ref.id;
  const found = await searchTickets(context, project.root, { kind: "key", key });
  const candidate = found.candidates.find(({ external_issue_id: id }) => id === issue.ref.id);
  if (candidate === undefined) throw notThere(key);
  const { resourceType, resourceId } = found;
  return { candidate, resourceType, resourceId };
}

/** Has a person choose from their open tickets, else from all open ones. */
async function pickIssue(
  context: Context,
  { platform, root }: ProjectContext,
  backend: Backend,
): Promise<NormalizedIssue | null> {
  const all = await backend.service.issueList();
  const open = all.filter(isOpenTicket);
  if (open.length === 0) throw noneOpen(all.length);
  const names = await myNames({ platform, root, place: backend, issues: all });
  const mine = open.filter(({ assignees }) => assignees.some((name) => isMe(names, name)));
  const shown = mine.length > 0 ? mine : open;
  const rows = shown.map((issue) => [
    issue.ref.key ?? issue.ref.id,
    issue.status.replaceAll("_", " "),
    issue.assignees.join(", "),
    issue.title,
  ]);
  const whose = mine.length > 0 ? "your" : "the";
  const question = `Start a mission from which of ${whose} open tickets?`;
  const place = await choose(context, { question, rows, unanswered: () => needsKey(shown) });
  return place === null ? null : shown[place] ?? null;
}

/** Whether work can start on it: it is not closed, and the tracker has it. */
function isOpenTicket({ ref, status }: NormalizedIssue): boolean {
  return status !== "done" && status !== "canceled" && !ref.id.startsWith("local-");
}

function noneOpen(cached: number): TrackerError {
  return noTicketFound(
    cached === 0
      ? "No issues are cached, so there are none to choose from"
      : "No cached issue is open",
    "Fetch them with `tracker sync pull --all`, or name the ticket: `--ticket KEY`.",
  );
}

function notThere(key: string): TrackerError {
  return noTicketFound(
    `The tracker does not find "${key}", which is in the cache`,
    "Fetch what has changed with `tracker sync pull`, then try again.",
  );
}

function needsKey(shown: readonly NormalizedIssue[]): TrackerError {
  const keys = shown.slice(0, 10).map(({ ref }) => ref.key ?? ref.id).join(", ");
  return noAnswer(
    "There is no ticket to start from, and no terminal to choose one. Open: " + keys +
      (shown.length > 10 ? ", …" : ""),
    "Name the ticket: `--ticket KEY --yes`, or search for one: `tracker mission start TEXT`.",
    { candidates: shown.slice(0, 50).map((issue) => candidateOf(issue, "text")) },
  );
}
