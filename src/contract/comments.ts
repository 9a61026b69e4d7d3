import * as v from "valibot";
import { DateTimeSchema, FilledSchema } from "./field.ts";
import type { HostedProvider } from "./providers.ts";
import type { ItemError } from "./results.ts";
import { HostedProviderSchema, type RoutingKey, RoutingKeySchema } from "./routing.ts";

/** How the delivery of a comment can stand that the tracker does not have (wire.md, Comments). */
export const COMMENT_DELIVERY_STATES = ["waiting", "failed"] as const;

/** Characters (UTF-16 code units) of a comment at most (wire.md, Comments). */
export const LONGEST_COMMENT = 65_536;

/** How a comment stands that the host has and the tracker behind it has not (wire.md, Comments). */
export type CommentDelivery = {
  /** `waiting` to be delivered, or `failed` for good. */
  readonly state: typeof COMMENT_DELIVERY_STATES[number];
  /** Why it failed; `null` where the host does not say. */
  readonly message?: string | null | undefined;
};

/** A comment on an issue (wire.md, Comments). */
export type IssueComment = {
  /** The tracker's own id of the comment. */
  readonly id: string;
  /** Who wrote it, as the tracker names people; `null` where the host does not say. */
  readonly author: string | null;
  /** Markdown. */
  readonly body: string;
  /** ISO 8601 with an offset; `null` where the host does not say. */
  readonly created_at: string | null;
  /** ISO 8601 with an offset; `null` where the host does not say. */
  readonly updated_at: string | null;
  /** The comment's web page. */
  readonly url?: string | null | undefined;
  /** Only while the tracker behind the host does not have it. */
  readonly delivery?: CommentDelivery | null | undefined;
};

/** One page of the comments on an issue, the oldest first (wire.md, Comments). */
export type CommentsResult = {
  /** The comments. */
  readonly comments: readonly IssueComment[];
  /** Where the next page begins, issued by the host; `null` after the last one. */
  readonly next_cursor: string | null;
  /** Members that could not be read; only where there are some. */
  readonly item_errors?: readonly ItemError[] | null | undefined;
};

/** Body of comments/list (wire.md, Comments). */
export type ListCommentsRequest = RoutingKey & {
  readonly provider: HostedProvider;
  readonly external_issue_id: string;
  readonly cursor?: string | null | undefined;
  /** Asks for one comment that was added here, by its id: how its delivery stands. A host may answer with the whole list. */
  readonly comment_id?: string | null | undefined;
};

/** Body of comments/add (wire.md, Comments). */
export type AddCommentRequest = RoutingKey & {
  readonly provider: HostedProvider;
  readonly external_issue_id: string;
  /** Markdown. */
  readonly body: string;
};

/** Schema of {@link IssueComment}. */
export const IssueCommentSchema: v.GenericSchema<unknown, IssueComment> = v.looseObject({
  id: FilledSchema,
  author: v.nullable(v.string()),
  body: v.string(),
  created_at: DateTimeSchema,
  updated_at: DateTimeSchema,
  url: v.nullish(v.string()),
  delivery: v.nullish(v.looseObject({
    state: v.picklist(COMMENT_DELIVERY_STATES),
    message: v.nullish(v.string()),
  })),
});

/** Schema of {@link CommentsResult}. */
export const CommentsResultSchema: v.GenericSchema<unknown, CommentsResult> = v.looseObject({
  comments: v.array(IssueCommentSchema),
  next_cursor: v.nullable(v.string()),
});

/** Schema of {@link ListCommentsRequest}. */
export const ListCommentsRequestSchema: v.GenericSchema<unknown, ListCommentsRequest> = v.intersect(
  [
    RoutingKeySchema,
    v.looseObject({
      provider: HostedProviderSchema,
      external_issue_id: FilledSchema,
      cursor: v.nullish(FilledSchema),
      comment_id: v.nullish(FilledSchema),
    }),
  ],
);

/** Schema of {@link AddCommentRequest}. */
export const AddCommentRequestSchema: v.GenericSchema<unknown, AddCommentRequest> = v.intersect([
  RoutingKeySchema,
  v.looseObject({
    provider: HostedProviderSchema,
    external_issue_id: FilledSchema,
    body: FilledSchema,
  }),
]);
