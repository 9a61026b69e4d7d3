import type { OriginCandidate } from "../../contract/search.ts";
import { nearestStatus } from "../../local/words.ts";
import { TrackerError } from "../../platform/tracker_error.ts";
import { searchOriginCandidates, type SearchOriginResult } from "../../missions/search_origin.ts";
import type { Context } from "../command/context.ts";
import { type Text, text } from "../terminal/text.ts";
import { askNumber, canPrompt, confirm } from "../terminal/prompts.ts";
import { requestLog } from "./request_log.ts";
import { VERSION } from "../version.ts";

/** How a ticket is looked for. */
export type TicketQuery =
  | { readonly kind: "key"; readonly key: string }
  | { readonly kind: "text"; readonly words: readonly string[] };

/** Searches the bound resource for tickets. */
export async function searchTickets(
  context: Context,
  projectRoot: string,
  query: TicketQuery,
  limit?: number,
): Promise<SearchOriginResult> {
  return await searchOriginCandidates({
    platform: context.platform,
    projectRoot,
    version: VERSION,
    onRequestLog: requestLog(context),
    limit,
    ...(query.kind === "key" ? { queryKey: query.key } : { queryText: query.words.join(" ") }),
  });
}

/**
 * Lists tickets; row N is what a person chooses with N. The status is in the words of all lists, and in those
 * of the tracker beside it.
 */
export async function ticketTable(
  candidates: readonly OriginCandidate[],
  width: number | null,
): Promise<readonly Text[]> {
  const { tableLines } = await import("../terminal/table.ts");
  return tableLines(
    [
      { title: "#" },
      { title: "TICKET" },
      { title: "TITLE", yields: 1, least: 20 },
      { title: "STATUS", yields: 2 },
      { title: "IN THE TRACKER", yields: 3 },
      { title: "MATCH", yields: 4 },
    ],
    candidates.map((candidate, i) => [
      String(i + 1),
      candidate.external_issue_key,
      candidate.title,
      nearestStatus(candidate.status)?.replace("_", " ") ?? "–",
      candidate.status,
      candidate.match_type,
    ]),
    width,
  );
}

/**
 * Has a person choose one of the tickets that were found; `null` when they do not want it. A ticket is never taken
 * for being the only one: only its key on the command line, as `--ticket` or as the text, together with `--yes` is not
 * asked about.
 *
 * @throws {TrackerError} `no_ticket` when nothing fits; `no_answer`, `invalid_answer`.
 */
export async function chooseTicket(
  context: Context,
  query: TicketQuery,
  found: SearchOriginResult,
  question: string,
): Promise<OriginCandidate | null> {
  const fitting = query.kind === "text"
    ? found.candidates
    // Asked for by its key, a ticket of another name is none.
    : found.candidates.filter((candidate) => isNamed(candidate, query.key));
  const [only, ...more] = fitting;
  if (only === undefined) throw noTicket(query);
  const key = query.kind === "key" ? query.key : query.words.join(" ");
  const [named, ...namesakes] = fitting.filter((candidate) => isNamed(candidate, key));
  if (named !== undefined && context.globals.yes && namesakes.length === 0) return named;
  const instead = "Name the ticket: `--ticket KEY --yes`.";
  if (context.globals.noInput) throw needsAnswer(fitting, instead);
  await showTickets(context, fitting);
  // A program that was not shown the tickets finds them in the failure.
  const asked = { intro: [""], instead, unanswered: () => needsAnswer(fitting, instead) };
  if (more.length > 0) {
    const highest = fitting.length;
    const number = await askNumber(context, {
      ...asked,
      question: `${question} which one?`,
      highest,
    });
    return fitting[number - 1] ?? null;
  }
  // `--yes` consents to questions, not to a ticket that nobody has named.
  const asking = { ...context, globals: { ...context.globals, yes: false } };
  const agreed = await confirm(asking, {
    ...asked,
    question: `${question} ${only.external_issue_key}?`,
  });
  return agreed ? only : null;
}

/** Lists tickets on standard output; beside JSON on standard error, where a failure drops them. */
async function showTickets(
  context: Context,
  candidates: readonly OriginCandidate[],
): Promise<void> {
  const { globals, output } = context;
  const lines = await ticketTable(candidates, globals.json ? output.promptWidth : output.width);
  for (const line of lines) {
    if (!globals.json) output.result(line);
    else if (canPrompt(context)) output.prompt(text`${line}\n`);
    else output.notice(line);
  }
}

function isNamed(candidate: OriginCandidate, key: string): boolean {
  const wanted = key.trim().toLowerCase();
  return candidate.external_issue_key.toLowerCase() === wanted ||
    candidate.external_issue_id.toLowerCase() === wanted;
}

function noTicket(query: TicketQuery): TrackerError {
  return query.kind === "key"
    ? new TrackerError({
      code: "no_ticket",
      message: `No ticket "${query.key}" in the bound tracker`,
      nextAction: "Check the key, or search by words: `tracker issue search TEXT`.",
    })
    : new TrackerError({
      code: "no_ticket",
      message: `No ticket matches "${query.words.join(" ")}"`,
      nextAction: "Try fewer or other words, or name the ticket: `--ticket KEY`.",
    });
}

function needsAnswer(fitting: readonly OriginCandidate[], instead: string): TrackerError {
  const keys = fitting.map((candidate) => candidate.external_issue_key);
  return new TrackerError({
    code: "no_answer",
    message: `A person has to confirm the ticket, and nothing may be asked. Found: ${
      keys.slice(0, 10).join(", ")
    }${keys.length > 10 ? ", …" : ""}`,
    nextAction: instead,
    details: { candidates: fitting },
  });
}
