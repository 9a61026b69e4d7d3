import * as v from "valibot";
import {
  type AddCommentRequest,
  type CommentsResult,
  type IssueComment,
  type ListCommentsRequest,
  LONGEST_COMMENT,
} from "../../contract/comments.ts";
import { isoTime } from "../../platform/clock.ts";
import type { Route } from "../bindings/route.ts";
import type { HostContext, TransactionContext } from "../context/host_context.ts";
import { HostError } from "../model/host_error.ts";
import type { User } from "../model/user.ts";
import {
  type CommentPlace,
  commentsAfter,
  insertComment,
  type NewComment,
} from "../store/comments.ts";
import { lockResource } from "../store/locks.ts";
import type { HostStore } from "../store/store.ts";
import { cursorScope, readCursor, writeCursor } from "./cursor.ts";
import { refOfName } from "./named_issue.ts";

/** Comments in one answer at most. */
export const PAGE = 100;

/** Bytes of comments in one answer at most: a client refuses more than 32 MiB, and an escaped character takes six. */
const MAX_BYTES = 24 * 1024 * 1024;

/**
 * Returns one page of the comments on an issue, the oldest first (wire.md, Comments).
 *
 * @throws {HostError} `validation_error` for an issue that is not there, and for a cursor of another listing.
 */
export async function listComments(
  { store }: HostContext,
  route: Route,
  { external_issue_id, cursor }: ListCommentsRequest,
): Promise<CommentsResult> {
  const place = await requireCommentPlace(store, route, external_issue_id);
  const scope = await cursorScope(["comments", place.resourceId, place.issueId]);
  const after = cursor == null ? 0 : readCursor(CursorSchema, cursor, scope)[0];
  const found = await commentsAfter(store, place, { after, limit: PAGE + 1 });
  const shown = thatFit(found.slice(0, PAGE));
  const last = shown.at(-1);
  return {
    comments: shown.map((comment) => commentOf(comment, comment.author)),
    next_cursor: last === undefined || found.length === shown.length
      ? null
      : writeCursor([last.change, scope]),
  };
}

/**
 * Stores a comment of a user on an issue (wire.md, Comments); returns it, and where it is.
 *
 * @throws {HostError} `validation_error` for an issue that is not there, and for a body that is too long.
 */
export async function addComment(
  context: TransactionContext,
  route: Route,
  user: User,
  { external_issue_id, body }: AddCommentRequest,
): Promise<{ readonly comment: IssueComment; readonly place: CommentPlace }> {
  const { store } = context;
  if (body.length > LONGEST_COMMENT) {
    throw new HostError({
      code: "validation_error",
      message: "The comment is too long",
      details: [{ field: "body", message: `must have at most ${LONGEST_COMMENT} characters` }],
    });
  }
  // An issue that is removed meanwhile would leave the comment behind.
  await lockResource(store, route.resource.id);
  const place = await requireCommentPlace(store, route, external_issue_id);
  const comment: NewComment = {
    id: context.newId("cmt"),
    userId: user.id,
    // A database may refuse the character NUL and half of a character.
    body: body.replaceAll("\0", "").toWellFormed(),
    createdAt: context.now(),
  };
  await insertComment(store, place, comment);
  return { comment: commentOf(comment, user.name), place };
}

/** Returns as many comments as fit one answer: each does for itself. */
export function thatFit<T>(comments: readonly T[]): readonly T[] {
  let bytes = 0;
  const over = comments.findIndex((comment) => {
    bytes += new TextEncoder().encode(JSON.stringify(comment)).length;
    return bytes > MAX_BYTES;
  });
  return over < 0 ? comments : comments.slice(0, over);
}

/**
 * Returns the issue that comments are on.
 *
 * @throws {HostError} `validation_error` for an issue that is not there.
 */
export async function requireCommentPlace(
  store: HostStore,
  { resource }: Route,
  issueId: string,
): Promise<CommentPlace> {
  const ref = await refOfName(store, resource, issueId);
  if (ref !== null) return { resourceId: resource.id, issueId: ref.id };
  throw new HostError({
    code: "validation_error",
    message: `No issue "${issueId}" in "${resource.label}"`,
    provider: resource.provider,
    details: [{ field: "external_issue_id", message: "is not an issue of this resource" }],
  });
}

/** Returns a comment as the wire has it. */
export function commentOf(
  { id, body, createdAt }: Pick<NewComment, "id" | "body" | "createdAt">,
  author: string,
): IssueComment {
  const at = isoTime(createdAt);
  return { id, author, body, created_at: at, updated_at: at };
}

const CursorSchema = v.tuple([v.pipe(v.number(), v.integer(), v.minValue(0)), v.string()]);
