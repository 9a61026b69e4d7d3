import * as v from "valibot";
import { parseWith } from "../../contract/parse.ts";
import { type Access, ProviderError, type Remote, type RemotePlace } from "../../providers/mod.ts";
import { isOwnIssue } from "../model/own_issue.ts";

/** A comment that waits for its delivery. */
export interface StoredDelivery {
  readonly commentId: string;
  readonly body: string;
}

const CommentSchema = v.object({ comment: v.object({ id: v.string(), body: v.string() }) });

/** Returns what is stored of a comment for its delivery. */
export function commentItem({ commentId: id, body }: StoredDelivery): string {
  return JSON.stringify({ comment: { id, body } });
}

/** Returns the comment that was stored for its delivery; `null` when it is something else. */
export function storedComment(item: string): StoredDelivery | null {
  let value: unknown;
  try {
    value = JSON.parse(item);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
  const parsed = parseWith(CommentSchema, value);
  if (!parsed.ok) return null;
  const { id, body } = parsed.value.comment;
  return { commentId: id, body };
}

/** What became of a comment at the provider. */
export type DeliveredComment =
  | { readonly kind: "done"; readonly remoteId: string }
  | { readonly kind: "failed"; readonly code: string; readonly message: string };

/** What the delivery of a comment works with. */
export interface CommentTools {
  readonly remote: Remote;
  readonly access: Access;
  readonly place: RemotePlace;
  /** The provider's own id of the issue. */
  readonly issueId: string;
  /** Names the comment at the provider: a UUID that is the same at each attempt. */
  readonly clientId: string;
  /** Whether calls were made for it before, whose answers may have been lost. */
  readonly wasTried: boolean;
  /** Says that a write follows; throws when it may no longer be made here. */
  readonly beforeWrite: () => Promise<void>;
}

/**
 * Adds a comment at the provider. One that may be there already is looked up first. Runs outside any transaction.
 *
 * @throws {ProviderError} when the provider cannot be asked now.
 */
export async function deliverComment(
  { remote: { comments }, access, place, issueId, clientId, wasTried, beforeWrite }: CommentTools,
  body: string,
): Promise<DeliveredComment> {
  if (comments === null) {
    return {
      kind: "failed",
      code: "field_not_supported",
      message: "The provider takes no comments",
    };
  }
  if (isOwnIssue(issueId)) {
    const message = "The provider has not taken the issue yet";
    return { kind: "failed", code: "not_at_provider", message };
  }
  try {
    const comment = { clientId, body };
    const known = wasTried ? await comments.findAdded(access, place, issueId, comment) : null;
    if (known !== null) return { kind: "done", remoteId: known.id };
    await beforeWrite();
    const { id } = await comments.add(access, place, issueId, comment);
    return { kind: "done", remoteId: id };
  } catch (error) {
    if (!(error instanceof ProviderError) || error.fault.kind !== "rejected") throw error;
    return { kind: "failed", code: error.fault.code, message: error.message };
  }
}
