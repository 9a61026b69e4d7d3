import type { OriginCandidate } from "../../contract/search.ts";
import type { IssueSearchRequest } from "../../contract/requests.ts";
import type { NormalizedIssue } from "../../contract/issue.ts";
import type { HostData } from "../store/host_data.ts";
import { findIssue, fold, readIssue } from "../store/issues.ts";
import type { Resource } from "../store/resources.ts";
import { integer, type Row, text } from "../store/row.ts";

/**
 * Finds issues of one resource. A key finds exactly its issue and nothing else; a text finds the issue
 * whose key it is first, then those that hold all its words, titles before bodies. Without either the
 * issues changed last. Hosted API, Tracker calls (search).
 */
export function searchIssues(
  data: HostData,
  resource: Resource,
  request: IssueSearchRequest,
): OriginCandidate[] {
  const key = request.query_key?.trim() ?? "";
  if (key !== "") {
    const found = findIssue(data, resource.id, key);
    return found === null ? [] : [candidate(resource, found.issue, "exact")];
  }
  const query = request.query_text?.trim() ?? "";
  const exact = query === "" ? null : findIssue(data, resource.id, query)?.issue ?? null;
  const found = byText(data, resource, query, request.limit)
    .filter((issue) => issue.ref.id !== exact?.ref.id)
    .map((issue) => candidate(resource, issue, "text"));
  const first = exact === null ? [] : [candidate(resource, exact, "exact")];
  return [...first, ...found].slice(0, request.limit);
}

/** The resource whose issues a search or an origin may be about, in the wire's words. */
export function candidate(
  resource: Resource,
  issue: NormalizedIssue,
  matchType: "exact" | "text",
): OriginCandidate {
  const { ref, provider_metadata } = issue;
  const raw = provider_metadata["status_name"];
  return {
    external_issue_id: ref.id,
    external_issue_key: ref.key ?? ref.id,
    title: issue.title,
    status: typeof raw === "string" ? raw : issue.status,
    url: ref.url ?? `${resource.url}/issues/${encodeURIComponent(ref.id.toWellFormed())}`,
    match_type: matchType,
  };
}

/** Bodies stay in the database until it is known which issues are shown: all that match may be much. */
function byText(
  data: HostData,
  resource: Resource,
  query: string,
  limit: number,
): NormalizedIssue[] {
  const phrase = fold(query);
  const words = [...new Set(phrase.split(/\s+/).filter((word) => word !== ""))].slice(0, 20);
  const rows = data.all(
    `SELECT id, substr(search, 1, instr(search, char(10)) - 1) AS title,
       instr(search, ?) > 0 AS has_phrase FROM issues WHERE resource_id = ?${
      " AND instr(search, ?) > 0".repeat(words.length)
    } ORDER BY change DESC${words.length === 0 ? " LIMIT 100" : ""}`,
    phrase,
    resource.id,
    ...words,
  );
  const ranked = rows.map((row, recency) => ({
    id: integer(row, "id"),
    rank: words.length === 0 ? 0 : rankOf(row, phrase, words),
    recency,
  }));
  ranked.sort((a, b) => b.rank - a.rank || a.recency - b.recency);
  return ranked.slice(0, limit).flatMap(({ id }) => {
    const row = data.one("SELECT json FROM issues WHERE id = ?", id);
    return row === null ? [] : [readIssue(row)];
  });
}

/** The whole phrase in the title counts most, then each word there, at a word's start twice. */
function rankOf(row: Row, phrase: string, words: readonly string[]): number {
  const title = text(row, "title");
  let rank = title.includes(phrase) ? 100 : integer(row, "has_phrase") === 1 ? 10 : 0;
  for (const word of words) {
    if (title.startsWith(word) || title.includes(` ${word}`)) rank += 4;
    else if (title.includes(word)) rank += 2;
  }
  return rank;
}
