import type { ExternalRef } from "../contract/issue.ts";
import type { Platform } from "../platform/platform.ts";
import { errorText, TrackerError } from "../platform/tracker_error.ts";
import type { IssueStore } from "../store/issue_store.ts";
import type { StoredIssue } from "../store/issues.ts";
import {
  type AddedComment,
  commentText,
  type IssueComment,
  notPushedYet,
} from "../sync/issue_comments.ts";
import type { HostedClient } from "./client.ts";
import { type CommentDeps, fromHost, oneComment, requireComments } from "./issue_comments.ts";
import { HostedApiError } from "./errors.ts";
import { isRefusal, mayBeDone } from "./sync_push.ts";

/** What writing a comment at the host takes. */
export interface SendCommentDeps extends CommentDeps {
  readonly client: Pick<HostedClient, "listComments" | "addComment" | "waitForOperation">;
  readonly platform: Pick<Platform, "clock" | "random">;
  /** Opens the cache of the binding, created when missing. */
  readonly open: () => Promise<IssueStore>;
  readonly debug?: ((message: string) => void) | undefined;
}

/** How a comment is written. */
export interface CommentChoice {
  /** Stops the sending, which may have arrived all the same, and the waiting for the delivery. */
  readonly signal?: AbortSignal | undefined;
  /** Told once, when the host has the comment and delivers it. */
  readonly onWaiting?: (() => void) | undefined;
}

/** Milliseconds before each look for the delivery: what is not delivered by then is told as waiting. */
const LOOKS_MS: readonly number[] = [500, 1_500, 3_000, 5_000];

/**
 * Writes a comment at the host, under a key that is stored before: while its answer is not known, the same comment has the
 * same key, and is written once.
 *
 * @throws {TrackerError} `invalid_comment`, `issue_not_pushed`, `comments_unsupported`.
 */
export async function sendComment(
  deps: SendCommentDeps,
  { issue: { ref }, base }: Pick<StoredIssue, "issue" | "base">,
  given: string,
  choice: CommentChoice = {},
): Promise<AddedComment> {
  const text = commentText(given);
  if (base === null) throw notPushedYet(ref);
  await requireComments(deps, ref);
  const key = await keyOf(deps, ref, text);
  let written: Written;
  try {
    written = await write(deps, ref, text, key, choice);
  } catch (error) {
    if (isRefusal(error)) await forget(deps, key);
    throw withRepeat(error);
  }
  await forget(deps, key);
  const { comment, wasThere } = written;
  if (comment.delivery === undefined) return { ref, comment, state: "at_host", wasThere };
  const seen = await delivered(deps, ref, comment, choice);
  return { ref, comment: seen, state: seen.delivery?.state ?? "added", wasThere };
}

interface Written {
  readonly comment: IssueComment;
  readonly wasThere: boolean;
}

async function write(
  { client, provider, router }: SendCommentDeps,
  { id: issueId }: ExternalRef,
  body: string,
  idempotencyKey: string,
  { signal }: CommentChoice,
): Promise<Written> {
  const outcome = await router.call((routing) =>
    client.addComment(provider, routing, { issueId, body }, { idempotencyKey, signal })
  );
  const wasThere = outcome.replayed;
  if (outcome.kind === "done") return { comment: fromHost(outcome.result), wasThere };
  await router.call(() => client.waitForOperation(outcome.operationId, { signal }));
  return { comment: { author: null, createdAt: null, text: body }, wasThere };
}

/** Looks for a moment whether the host has delivered a comment; returns it as it was seen last. */
async function delivered(
  deps: SendCommentDeps,
  ref: ExternalRef,
  comment: IssueComment,
  { signal, onWaiting }: CommentChoice,
): Promise<IssueComment> {
  const { id } = comment;
  if (comment.delivery?.state !== "waiting" || id === undefined) return comment;
  onWaiting?.();
  const { platform: { clock }, debug } = deps;
  try {
    for (const ms of LOOKS_MS) {
      await clock.sleep(ms, signal === undefined ? {} : { signal });
      const found = await oneComment(deps, ref, id, signal);
      if (found !== null && found.delivery?.state !== "waiting") return found;
    }
  } catch (error) {
    // The host has the comment, whatever keeps us from seeing what becomes of it.
    debug?.(`The delivery of the comment is not known: ${errorText(error)}`);
  }
  return comment;
}

/** A comment is known by the issue and its text. */
function contentOf({ id }: ExternalRef, text: string): string {
  return JSON.stringify([id, text]);
}

/** The key of the comment: the one it was sent under before, where no answer came. */
async function keyOf(
  { open, platform, debug }: SendCommentDeps,
  ref: ExternalRef,
  text: string,
): Promise<string> {
  const fresh = platform.random.uuid();
  try {
    using store = await open();
    return store.transaction(() =>
      store.pushes.openComment(contentOf(ref, text), fresh, platform.clock.now())
    );
  } catch (error) {
    debug?.(`The key of the comment cannot be kept: ${errorText(error)}`);
    return fresh;
  }
}

async function forget({ open, debug }: SendCommentDeps, key: string): Promise<void> {
  try {
    using store = await open();
    store.pushes.close(key);
  } catch (error) {
    debug?.(`The key of the comment cannot be removed: ${errorText(error)}`);
  }
}

/** Where nobody knows whether the host has the comment, to repeat it is safe. */
function withRepeat(error: unknown): unknown {
  if (!(error instanceof TrackerError)) return error;
  if (!mayBeDone(error) && error.code !== "interrupted") return error;
  const nextAction = [
    error.nextAction,
    "Run the same command again: a comment that has arrived is not written twice.",
  ].filter((part) => part !== null).join(" ");
  if (error instanceof HostedApiError) return error.with(nextAction);
  const { code, message, details, exitCode } = error;
  return new TrackerError({ code, message, nextAction, details, exitCode, cause: error });
}
