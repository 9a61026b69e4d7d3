import type { OriginCandidate } from "../../../contract/search.ts";
import { TrackerError } from "../../../platform/tracker_error.ts";
import type { SearchOriginResult } from "../../../missions/search_origin.ts";
import type { Context } from "../../command/context.ts";
import { type TicketQuery, ticketTable } from "../../services/tickets.ts";
import { askNumber, canPrompt, confirm, noAnswer } from "../../terminal/prompts.ts";
import { text } from "../../terminal/text.ts";

/**
 * Returns the ticket that a person chooses of those found; `null` when they refuse. The only ticket is confirmed too:
 * just its key on the command line, as `--ticket` or as the text, together with `--yes` is taken without a question.
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
  // `--yes` consents to questions, not to a ticket that the user has not named.
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
  const [message, nextAction] = query.kind === "key"
    ? [
      `No ticket "${query.key}" in the bound tracker`,
      "Check the key, or search by words: `tracker issue search TEXT`.",
    ]
    : [
      `No ticket matches "${query.words.join(" ")}"`,
      "Try fewer or other words, or name the ticket: `--ticket KEY`.",
    ];
  return noTicketFound(message, nextAction);
}

/** Returns the failure of a start that has no ticket. */
export function noTicketFound(message: string, nextAction: string): TrackerError {
  return new TrackerError({ code: "no_ticket", message, nextAction });
}

function needsAnswer(fitting: readonly OriginCandidate[], instead: string): TrackerError {
  const keys = fitting.map((candidate) => candidate.external_issue_key);
  const shown = keys.slice(0, 10).join(", ");
  const message = "A person has to confirm the ticket, but no question may be asked. Found: " +
    shown +
    (keys.length > 10 ? ", …" : "");
  return noAnswer(message, instead, { candidates: fitting });
}
