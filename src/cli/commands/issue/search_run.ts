import type { Context } from "../../command/context.ts";
import { type ChosenFields, fieldChoice } from "../../services/chosen_fields.ts";
import { reportUnreadable } from "../../services/unreadable.ts";
import { searchTickets, type TicketQuery, ticketTable } from "../../services/tickets.ts";
import { plural } from "../../terminal/format.ts";
import { projectContext } from "../../services/tracker.ts";

/** Searches the tickets of the bound resource at the host. */
export async function run(
  context: Context,
  options: {
    readonly query: TicketQuery;
    readonly limit: number | undefined;
    readonly fields: ChosenFields;
  },
): Promise<number> {
  const choose = fieldChoice(context, options.fields, { names: TICKET_FIELDS, isOpen: true });
  const { output } = context;
  const project = await projectContext(context);
  const { candidates, answer } = await searchTickets(
    context,
    project.root,
    options.query,
    options.limit,
  );
  const unreadable = answer.item_errors ?? [];
  if (context.globals.json) {
    output.json({ ...answer, candidates: choose(answer.candidates) });
    return reportUnreadable(context, unreadable, "ticket");
  }
  if (candidates.length === 0) {
    if (unreadable.length === 0) output.result("No tickets found.");
    return reportUnreadable(context, unreadable, "ticket");
  }
  for (const line of await ticketTable(candidates, output.width)) output.result(line);
  output.result();
  output.result(
    `${plural(candidates.length, "ticket")}. Start a mission from one with ` +
      "`tracker mission start --ticket KEY`.",
  );
  return reportUnreadable(context, unreadable, "ticket");
}

const TICKET_FIELDS = [
  ...["external_issue_id", "external_issue_key", "title", "status", "url", "match_type"],
];
