import * as v from "valibot";
import { DateTimeSchema, FilledSchema } from "./field.ts";
import type { ItemError } from "./results.ts";

/** A ticket that a mission could start from. Hosted API, Shapes. */
export type OriginCandidate = {
  readonly external_issue_id: string;
  readonly external_issue_key: string;
  readonly title: string;
  /** In the tracker's own words. */
  readonly status: string;
  readonly url: string;
  readonly match_type: "exact" | "text";
};

/** What a search found; nothing is an answer, not an error. Hosted API, Shapes. */
export type IssueSearchResult = {
  readonly candidates: readonly OriginCandidate[];
  /** Members that could not be read; only where there are some. */
  readonly item_errors?: readonly ItemError[] | null | undefined;
  readonly resource_type: string;
  readonly resource_id: string;
};

/** The link between a mission and its ticket. Hosted API, Shapes. */
export type BindOriginResult = {
  /** `null` where the host does not say. */
  readonly origin_link_id: string | null;
  /** ISO 8601 with an offset. */
  readonly bound_at: string | null;
};

/** Schema of {@link OriginCandidate}. Hosted API, Shapes. */
export const OriginCandidateSchema: v.GenericSchema<unknown, OriginCandidate> = v.looseObject({
  external_issue_id: FilledSchema,
  external_issue_key: FilledSchema,
  title: v.string(),
  status: v.string(),
  url: v.string(),
  match_type: v.picklist(["exact", "text"]),
});

/** Schema of {@link IssueSearchResult}. Hosted API, Shapes. */
export const IssueSearchResultSchema: v.GenericSchema<unknown, IssueSearchResult> = v.looseObject({
  candidates: v.array(OriginCandidateSchema),
  resource_type: v.string(),
  resource_id: v.string(),
});

/** Schema of {@link BindOriginResult}. Hosted API, Shapes. */
export const BindOriginResultSchema: v.GenericSchema<unknown, BindOriginResult> = v.looseObject({
  origin_link_id: FilledSchema,
  bound_at: DateTimeSchema,
});
