import type { CommentsResult, IssueComment as HostComment } from "../contract/comments.ts";
import type { ExternalRef } from "../contract/issue.ts";
import type { HostedProvider } from "../contract/providers.ts";
import type { ItemError } from "../contract/results.ts";
import { TrackerError } from "../platform/tracker_error.ts";
import type { StoredIssue } from "../store/issues.ts";
import {
  type IssueComment,
  type IssueComments,
  MOST_COMMENTS,
  shortenedComment,
} from "../sync/issue_comments.ts";
import { invalidResponse } from "./answers.ts";
import type { HostedClient } from "./client.ts";
import type { CommentsOptions } from "./client_options.ts";
import type { HostedTracker } from "./hosted_tracker.ts";
import { pagingFault } from "./paging.ts";
import { type Router, routingOf } from "./routing.ts";

/** What reading comments at the host takes. */
export interface CommentDeps {
  readonly client: Pick<HostedClient, "listComments">;
  readonly provider: HostedProvider;
  readonly router: Router;
  readonly offers: HostedTracker["offers"];
}

/**
 * Returns the comments on an issue as the host has them now, all pages of them; none of one that is only here.
 *
 * @throws {TrackerError} `comments_unsupported`; `invalid_response` for a list that has no end.
 */
export async function hostedComments(
  deps: CommentDeps,
  { issue: { ref }, base }: Pick<StoredIssue, "issue" | "base">,
): Promise<IssueComments> {
  if (base === null) return { comments: [], total: 0 };
  await requireComments(deps, ref);
  return await allComments(deps, ref);
}

/** Reads all pages of the comments on an issue, whose calls keep one routing key. */
export async function allComments(
  { client, provider, router }: Omit<CommentDeps, "offers">,
  ref: ExternalRef,
  signal?: AbortSignal,
): Promise<IssueComments> {
  const routing = routingOf(router.binding);
  const seen: string[] = [];
  const unreadable: ItemError[] = [];
  let latest: IssueComment[] = [];
  let [total, emptyInARow, pages] = [0, 0, 0];
  let cursor: string | null = null;
  do {
    const options: CommentsOptions = { cursor, signal };
    const page: CommentsResult = await router.callBy(
      routing,
      () => client.listComments(provider, routing, ref.id, options),
    );
    pages++;
    emptyInARow = page.comments.length === 0 ? emptyInARow + 1 : 0;
    total += page.comments.length;
    latest = [...latest, ...page.comments.map(fromHost)].slice(-MOST_COMMENTS);
    unreadable.push(...page.item_errors ?? []);
    cursor = page.next_cursor;
    if (cursor !== null) {
      const fault = pagingFault({ cursor, seen, emptyInARow, pages });
      if (fault !== null) throw invalidResponse("listComments", fault, "next_cursor");
      seen.push(cursor);
    }
  } while (cursor !== null);
  await router.upgrade();
  return {
    comments: inOrder(latest),
    total,
    ...(unreadable.length === 0 ? {} : { unreadable }),
  };
}

/**
 * Looks for a comment that was added there, in one call; `null` where the host does not show it. A host that answers with
 * the first page of all comments is asked for all of them.
 */
export async function oneComment(
  deps: Omit<CommentDeps, "offers">,
  ref: ExternalRef,
  commentId: string,
  signal?: AbortSignal,
): Promise<IssueComment | null> {
  const { client, provider, router } = deps;
  const page = await router.call((routing) =>
    client.listComments(provider, routing, ref.id, { commentId, signal })
  );
  const found = page.comments.find(({ id }) => id === commentId);
  if (found !== undefined) return fromHost(found);
  if (page.next_cursor === null) return null;
  const { comments } = await allComments(deps, ref, signal);
  return comments.find(({ id }) => id === commentId) ?? null;
}

/** Returns a comment of the host as both classes of providers have them. */
export function fromHost(
  { id, author, body, created_at, updated_at, delivery }: HostComment,
): IssueComment {
  return {
    id,
    author,
    createdAt: created_at,
    ...(updated_at === null || updated_at === created_at ? {} : { updatedAt: updated_at }),
    text: shortenedComment(body),
    ...(delivery == null
      ? {}
      : { delivery: { state: delivery.state, message: delivery.message ?? null } }),
  };
}

/** Not every host lists the oldest first; comments without a time stay where they stand. */
function inOrder(comments: readonly IssueComment[]): readonly IssueComment[] {
  const times = comments.map(({ createdAt }) => Date.parse(createdAt ?? ""));
  if (times.some(Number.isNaN)) return comments;
  return comments.map((comment, at) => ({ comment, time: times[at] ?? 0 }))
    .toSorted((one, other) => one.time - other.time)
    .map(({ comment }) => comment);
}

/**
 * Asks the host whether it offers the comments of issues.
 *
 * @throws {TrackerError} `comments_unsupported` when it does not, with where they can be found instead.
 */
export async function requireComments(
  { offers }: Pick<CommentDeps, "offers">,
  { url, key, id }: ExternalRef,
): Promise<void> {
  if (await offers("comments")) return;
  throw new TrackerError({
    code: "comments_unsupported",
    message: "The tracker host does not offer the comments of issues",
    nextAction: url == null
      ? `Read and write them in the tracker, on the page of "${key ?? id}".`
      : `Read and write them in the tracker: ${url}`,
    details: { url: url ?? null },
  });
}
