import * as v from "valibot";
import { DateTimeSchema, FilledSchema } from "./field.ts";
import type { ItemError } from "./results.ts";

/** A ticket that a mission could start from (wire.md, Tickets). */
export type OriginCandidate = {
  /** The provider's own id of the ticket. */
  readonly external_issue_id: string;
  /** The key people know the ticket by, such as `WEB-12`. */
  readonly external_issue_key: string;
  /** The ticket's title. */
  readonly title: string;
  /** Its status, in the tracker's own words. */
  readonly status: string;
  /** The ticket's web page. */
  readonly url: string;
  /** Found by its key, or by words of the search. */
  readonly match_type: "exact" | "text";
};

/** What a search found; nothing is an answer, not an error (wire.md, Tickets). */
export type IssueSearchResult = {
  /** The tickets, in the order of the host. */
  readonly candidates: readonly OriginCandidate[];
  /** Members that could not be read; only where there are some. */
  readonly item_errors?: readonly ItemError[] | null | undefined;
  /** The kind of resource that was searched, such as `jira_project`. */
  readonly resource_type: string;
  /** The provider's own id of that resource. */
  readonly resource_id: string;
};

/** The link between a mission and its ticket (wire.md, Tickets). */
export type BindOriginResult = {
  /** The host's id of the link; `null` where it does not say. */
  readonly origin_link_id: string | null;
  /** ISO 8601 with an offset. */
  readonly bound_at: string | null;
};

/** Schema of {@link OriginCandidate}. */
export const OriginCandidateSchema: v.GenericSchema<unknown, OriginCandidate> = v.looseObject({
  external_issue_id: FilledSchema,
  external_issue_key: FilledSchema,
  title: v.string(),
  status: v.string(),
  url: v.string(),
  match_type: v.picklist(["exact", "text"]),
});

/** Schema of {@link IssueSearchResult}. */
export const IssueSearchResultSchema: v.GenericSchema<unknown, IssueSearchResult> = v.looseObject({
  candidates: v.array(OriginCandidateSchema),
  resource_type: v.string(),
  resource_id: v.string(),
});

/** Schema of {@link BindOriginResult}. */
export const BindOriginResultSchema: v.GenericSchema<unknown, BindOriginResult> = v.looseObject({
  origin_link_id: FilledSchema,
  bound_at: DateTimeSchema,
});
