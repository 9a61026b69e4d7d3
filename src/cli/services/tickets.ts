import type { OriginCandidate } from "../../contract/search.ts";
import { nearestStatus } from "../../local/words.ts";
import { searchOriginCandidates, type SearchOriginResult } from "../../missions/search_origin.ts";
import type { Context } from "../command/context.ts";
import type { Text } from "../terminal/text.ts";
import { whileWaiting } from "../terminal/progress.ts";
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
  return await whileWaiting(context, "Searching at the host", () =>
    searchOriginCandidates({
      platform: context.platform,
      projectRoot,
      version: VERSION,
      onRequestLog: requestLog(context),
      limit,
      ...(query.kind === "key" ? { queryKey: query.key } : { queryText: query.words.join(" ") }),
    }));
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
