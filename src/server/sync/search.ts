import type { NormalizedIssue } from "../../contract/issue.ts";
import type { IssueSearchRequest } from "../../contract/requests.ts";
import type { OriginCandidate } from "../../contract/search.ts";
import type { HostContext } from "../context/host_context.ts";
import type { Resource } from "../model/resource.ts";
import { fold } from "../model/text.ts";
import { findIssue, issuesByRow } from "../store/issues.ts";
import { type SearchHit, searchHits } from "../store/search.ts";

/**
 * Finds issues of one resource. A key finds exactly its issue and nothing else; a text finds the issue
 * whose key it is first, then those that hold all its words, titles before bodies, of the {@link RANKED} changed last.
 * Without either the issues changed last (wire.md, Search and origin).
 */
export async function searchIssues(
  context: HostContext,
  resource: Resource,
  request: IssueSearchRequest,
): Promise<OriginCandidate[]> {
  const { store } = context;
  const key = request.query_key?.trim() ?? "";
  if (key !== "") {
    const found = await findIssue(store, resource.id, key);
    return found === null ? [] : [candidate(resource, found.issue, "exact")];
  }
  const query = request.query_text?.trim() ?? "";
  // PostgreSQL works at both at once.
  const [exactly, texts] = await Promise.all([
    query === "" ? null : findIssue(store, resource.id, query),
    byText(context, resource, query, request.limit),
  ]);
  const exact = exactly?.issue ?? null;
  const found = texts.filter((issue) => issue.ref.id !== exact?.ref.id)
    .map((issue) => candidate(resource, issue, "text"));
  const first = exact === null ? [] : [candidate(resource, exact, "exact")];
  return [...first, ...found].slice(0, request.limit);
}

/** Describes a found issue in the contract's terms. */
function candidate(
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

/** Hits that are ranked, the last changed: as many at least, unless as many as are wanted rank highest among fewer. */
const RANKED = 1_000;

async function byText(
  { store, platform: { clock } }: HostContext,
  resource: Resource,
  query: string,
  limit: number,
): Promise<NormalizedIssue[]> {
  const phrase = fold(query);
  const words = [...new Set(phrase.split(/\s+/).filter((word) => word !== ""))].slice(0, 20);
  const isBest = (hit: SearchHit) => rankOf(hit, phrase, words) === highestRank(words);
  const hits = await searchHits(store, {
    resourceId: resource.id,
    phrase,
    words,
    limit: words.length === 0 ? limit : Math.max(limit, RANKED),
    // No hit that changed earlier comes before these.
    isEnough: (hits) => hits.filter(isBest).length >= limit,
    pause: () => clock.sleep(0),
  });
  const ranked = hits.map((hit, recency) => ({
    row: hit.row,
    rank: words.length === 0 ? 0 : rankOf(hit, phrase, words),
    recency,
  }));
  ranked.sort((a, b) => b.rank - a.rank || a.recency - b.recency);
  return await issuesByRow(store, ranked.slice(0, limit).map(({ row }) => row));
}

/** What the whole phrase in the title counts, or in the body alone; a word at the start of one in the title, or within one. */
const PHRASE_IN_TITLE = 100;
const PHRASE_IN_BODY = 10;
const WORD_AT_START = 4;
const WORD_WITHIN = 2;

function highestRank(words: readonly string[]): number {
  return PHRASE_IN_TITLE + WORD_AT_START * words.length;
}

/** Ranks a hit: the whole phrase in the title counts most, then each word there, at a word's start twice. */
function rankOf(
  { title, hasPhrase }: SearchHit,
  phrase: string,
  words: readonly string[],
): number {
  let rank = title.includes(phrase) ? PHRASE_IN_TITLE : hasPhrase ? PHRASE_IN_BODY : 0;
  for (const word of words) {
    if (title.startsWith(word) || title.includes(` ${word}`)) rank += WORD_AT_START;
    else if (title.includes(word)) rank += WORD_WITHIN;
  }
  return rank;
}
