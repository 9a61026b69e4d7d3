import type { TransactionContext } from "../context/host_context.ts";
import { setRemoteComment } from "../store/comments.ts";
import { type Delivery, endDelivery } from "../store/outbox.ts";
import type { DeliveredComment, StoredDelivery } from "../sync/deliver_comment.ts";

/** Stores what became of a comment at the provider. Runs inside the caller's transaction. */
export async function settleComment(
  { store, now }: TransactionContext,
  delivery: Delivery,
  { commentId }: StoredDelivery,
  delivered: DeliveredComment,
): Promise<void> {
  if (delivered.kind === "done") await setRemoteComment(store, commentId, delivered.remoteId);
  const { ref } = delivery;
  await endDelivery(store, delivery.id, {
    state: delivered.kind === "done" ? "delivered" : "failed",
    result: JSON.stringify({ comment: delivered.kind === "done" ? delivered.remoteId : null }),
    error: delivered.kind === "done" ? null : JSON.stringify({
      ref,
      code: delivered.code,
      message: delivered.message,
      retryable: false,
    }),
    at: now(),
  });
}
