import type { CommentsResult, IssueComment } from "../contract/comments.ts";
import type { HostedProvider } from "../contract/providers.ts";
import { CommentReader, CommentsReader } from "../contract/reading/comments.ts";
import type { RoutingKey } from "../contract/routing.ts";
import type { Calls } from "./calls.ts";
import type { CommentsOptions, Outcome, WriteOptions } from "./client_options.ts";
import { routed } from "./routed.ts";

/** The issue that comments are on. */
export interface CommentedIssue {
  readonly provider: HostedProvider;
  readonly routing: RoutingKey | null;
  /** The tracker's own id of the issue. */
  readonly issueId: string;
}

/** Asks for one page of the comments on an issue (wire.md, Comments). */
export async function listComments(
  calls: Calls,
  { provider, routing, issueId }: CommentedIssue,
  options: CommentsOptions,
): Promise<CommentsResult> {
  return await calls.post(
    { operation: "listComments", reader: CommentsReader, system: provider },
    {
      ...routed(provider, routing),
      external_issue_id: issueId,
      ...(options.cursor == null ? {} : { cursor: options.cursor }),
      ...(options.commentId == null ? {} : { comment_id: options.commentId }),
    },
    options,
  );
}

/** Adds a comment to an issue; a host may take its time over it (wire.md, Comments). */
export async function addComment(
  calls: Calls,
  { provider, routing, issueId }: CommentedIssue,
  body: string,
  options: WriteOptions,
): Promise<Outcome<IssueComment>> {
  return await calls.start(
    { operation: "addComment", reader: CommentReader, system: provider },
    { ...routed(provider, routing), external_issue_id: issueId, body },
    options,
  );
}
