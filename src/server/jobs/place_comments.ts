import * as v from "valibot";
import type {
  AddCommentRequest,
  CommentDelivery,
  CommentsResult,
  IssueComment,
  ListCommentsRequest,
} from "../../contract/comments.ts";
import { parseWith } from "../../contract/parse.ts";
import { type HostedProvider, PROVIDER_TITLES } from "../../contract/providers.ts";
import { isoTime } from "../../platform/clock.ts";
import { ProviderError, type RemoteComment } from "../../providers/mod.ts";
import type { Route } from "../bindings/route.ts";
import type { HostContext, TransactionContext } from "../context/host_context.ts";
import { HostError } from "../model/host_error.ts";
import type { Caller } from "../model/user.ts";
import {
  commentById,
  type CommentPlace,
  commentsOf,
  type StoredComment,
} from "../store/comments.ts";
import { detachedResources } from "../store/detached.ts";
import { lockResource } from "../store/locks.ts";
import { connectionOf, insertDelivery } from "../store/outbox.ts";
import type { HostStore } from "../store/store.ts";
import { undelivered } from "../store/undelivered.ts";
import {
  addComment,
  commentOf,
  listComments,
  PAGE,
  requireCommentPlace,
  thatFit,
} from "../sync/comments.ts";
import { cursorScope, readCursor, writeCursor } from "../sync/cursor.ts";
import { commentItem, storedComment } from "../sync/deliver_comment.ts";
import type { Providers } from "./at_provider.ts";
import { clientIdOfComment } from "./client_id.ts";
import { enqueue } from "./queue.ts";

/** Milliseconds that a provider has to list the comments of an issue: a client waits for 30 s. */
const ANSWER_WITHIN_MS = 20_000;

/**
 * Returns one page of the comments on an issue, the oldest first (wire.md, Comments). Those at a provider are read there
 * now; those that wait for their delivery are among them.
 *
 * @throws {HostError} `validation_error`; `internal_error` of the provider when it cannot be asked now.
 */
export async function listAllComments(
  context: HostContext,
  providers: Providers,
  route: Route,
  request: ListCommentsRequest,
): Promise<CommentsResult> {
  const { store } = context;
  const { resource } = route;
  const connectionId = await connectionOf(store, resource.id);
  if (request.comment_id != null) return await listOne(context, route, request, connectionId);
  if (connectionId === null) return await listComments(context, route, request);
  const place = await requireCommentPlace(store, route, request.external_issue_id);
  const scope = await cursorScope(["comments", place.resourceId, place.issueId]);
  const after = request.cursor == null ? null : readCursor(CursorSchema, request.cursor, scope);
  const there = await asked(
    context,
    resource.provider,
    (signal) =>
      providers.ask(
        context,
        connectionId,
        signal,
        async ({ remote, access }) =>
          await remote.comments?.list(access, resource, place.issueId) ?? [],
      ),
  );
  const found = await merged(there, await commentsOf(store, place));
  const all = (await withDeliveries(store, connectionId, place, found))
    .filter((one) => after === null || keyOf(one) > `${isoTime(after[0])} ${after[2]}`);
  const shown = thatFit(all.slice(0, PAGE));
  const last = shown.at(-1);
  return {
    comments: shown,
    next_cursor: last === undefined || shown.length === all.length
      ? null
      : writeCursor([Date.parse(last.created_at ?? ""), scope, last.id]),
  };
}

/** Returns a comment that was added here, and how its delivery stands, without asking the provider. */
async function listOne(
  { store }: HostContext,
  route: Route,
  { external_issue_id, comment_id }: ListCommentsRequest,
  connectionId: string | null,
): Promise<CommentsResult> {
  const place = await requireCommentPlace(store, route, external_issue_id);
  const known = await commentById(store, place, comment_id ?? "");
  if (known === null) return { comments: [], next_cursor: null };
  const comments = [commentOf(known, known.author)];
  if (connectionId === null) return { comments, next_cursor: null };
  const missing = new Set(known.remoteId === null ? [known.id] : []);
  return {
    comments: await withDeliveries(store, connectionId, place, { comments, missing }),
    next_cursor: null,
  };
}

/** Adds a comment of a user to an issue; where a provider has the issue, it is delivered there. Runs in a transaction. */
export async function acceptComment(
  context: TransactionContext,
  caller: Caller,
  route: Route,
  request: AddCommentRequest,
): Promise<IssueComment> {
  const { store } = context;
  const { resource } = route;
  // The order of the outbox is the order in which changes of the resource were accepted.
  await lockResource(store, resource.id);
  const { comment, place } = await addComment(context, route, caller.user, request);
  const connectionId = await connectionOf(store, resource.id);
  if (connectionId === null) return comment;
  await insertDelivery(store, {
    resourceId: resource.id,
    connectionId,
    externalId: place.issueId,
    operationId: null,
    place: 0,
    item: commentItem({ commentId: comment.id, body: comment.body }),
    shadow: null,
    createdAt: context.now(),
  });
  await enqueue(context, { kind: "deliver", key: connectionId, teamId: caller.team.id });
  return { ...comment, delivery: { state: "waiting" } };
}

/** Asks a provider for a caller who waits. */
async function asked<T>(
  { platform }: HostContext,
  provider: HostedProvider,
  ask: (signal: AbortSignal) => Promise<T | null>,
): Promise<T | null> {
  const deadline = platform.clock.deadline(ANSWER_WITHIN_MS);
  try {
    return await ask(deadline.signal);
  } catch (error) {
    const isLate = deadline.signal.aborted;
    if (!isLate && !(error instanceof ProviderError)) throw error;
    const why = error instanceof ProviderError && !isLate
      ? error.message
      : `it did not answer within ${ANSWER_WITHIN_MS / 1_000} s`;
    throw new HostError({
      code: "internal_error",
      message: `${PROVIDER_TITLES[provider]} cannot be asked for the comments: ${why}`,
      provider,
      source: "provider",
    });
  } finally {
    deadline.clear();
  }
}

/**
 * A comment that was added here stands under the name of who wrote it, once: where the provider shows it, or at its own
 * time while it waits. One that was delivered and is gone there is gone.
 */
async function merged(
  there: readonly RemoteComment[] | null,
  here: readonly StoredComment[],
): Promise<FoundComments> {
  const own = new Map<string, StoredComment>();
  const byClient = new Map<string, StoredComment>();
  for (const one of here) {
    if (one.remoteId === null) byClient.set(await clientIdOfComment(one.id), one);
    else own.set(one.remoteId, one);
  }
  const remote = (there ?? []).map(({ id, clientId, author, body, createdAt, updatedAt }) => {
    // One that was added just now may not be known to be there yet.
    const known = own.get(id) ?? byClient.get(clientId ?? "");
    const by = known === undefined ? { id, author } : { id: known.id, author: known.author };
    const created_at = isoTime(Date.parse(createdAt));
    return { ...by, body, created_at, updated_at: isoTime(Date.parse(updatedAt)) };
  });
  const shown = new Set(remote.map(({ id }) => id));
  const waiting = here.filter(({ id, remoteId }) =>
    !shown.has(id) && (there === null || remoteId === null)
  );
  return {
    comments: [...remote, ...waiting.map((one) => commentOf(one, one.author))]
      .toSorted((one, other) => keyOf(one) < keyOf(other) ? -1 : 1),
    missing: new Set(there === null ? [] : waiting.map(({ id }) => id)),
  };
}

/** The comments on an issue, the oldest first. */
interface FoundComments {
  readonly comments: readonly IssueComment[];
  /** The ids of those that are not at the provider. */
  readonly missing: ReadonlySet<string>;
}

/** Says of the comments that are not at the provider whether they wait for it or have failed, and why. */
async function withDeliveries(
  store: HostStore,
  connectionId: string,
  place: CommentPlace,
  { comments, missing }: FoundComments,
): Promise<readonly IssueComment[]> {
  if (missing.size === 0) return comments;
  const known = new Map<string, CommentDelivery>();
  for (const { item, isWaiting, error } of await undelivered(store, place)) {
    const comment = storedComment(item);
    if (comment === null) continue;
    const delivery: CommentDelivery = isWaiting
      ? { state: "waiting" }
      : { state: "failed", message: wordsOfFailure(error) };
    known.set(comment.commentId, delivery);
  }
  // What was written without a connection waits for nothing yet; of what failed long ago only that is known.
  const isTakenUp = missing.size > known.size &&
    (await detachedResources(store, connectionId))
      .some(({ resource }) => resource.id === place.resourceId);
  const other: CommentDelivery = isTakenUp
    ? { state: "waiting" }
    : { state: "failed", message: null };
  return comments.map((one) =>
    missing.has(one.id) ? { ...one, delivery: known.get(one.id) ?? other } : one
  );
}

const FailureSchema = v.object({ message: v.string() });

/** A failure is kept in JSON, or in words. */
function wordsOfFailure(error: string | null): string | null {
  if (error === null || !error.startsWith("{")) return error;
  const parsed = parseWith(FailureSchema, JSON.parse(error));
  return parsed.ok ? parsed.value.message : null;
}

function keyOf({ created_at, id }: IssueComment): string {
  return `${created_at ?? ""} ${id}`;
}

/** The time and the id of the last comment shown, with the scope between them. */
const CursorSchema = v.tuple([v.pipe(v.number(), v.integer()), v.string(), v.string()]);
