import type { CommentPlace } from "./comments.ts";
import { text, textOrNull } from "./row.ts";
import type { HostStore } from "./store.ts";

/** An item of no push that the provider does not have. */
export interface UndeliveredItem {
  /** In JSON. */
  readonly item: string;
  /** Otherwise it has failed. */
  readonly isWaiting: boolean;
  /** Why it has failed, in JSON, or in words; `null` before that. */
  readonly error: string | null;
}

/** Returns what of an issue was not delivered and is of no push: its comments, and what was made without a connection. */
export async function undelivered(
  store: HostStore,
  { resourceId, issueId }: CommentPlace,
): Promise<UndeliveredItem[]> {
  const rows = await store.all(
    `SELECT item, state, error FROM outbox WHERE resource_id = ? AND external_id = ?
       AND operation_id IS NULL AND state <> 'delivered' ORDER BY id`,
    resourceId,
    issueId,
  );
  return rows.map((row) => {
    const isWaiting = text(row, "state") === "waiting";
    return {
      item: text(row, "item"),
      isWaiting,
      // What an earlier attempt met is no end.
      error: isWaiting ? null : textOrNull(row, "error"),
    };
  });
}
