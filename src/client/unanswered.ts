import type { PushItem } from "../contract/push.ts";
import type { ItemError, PushResult } from "../contract/results.ts";

/** The code of an item that the host did not report a result for. */
export const UNANSWERED_ITEM = "unanswered_item";

/**
 * Returns the answer with the items that it leaves out: an item without a result that is not counted either may not
 * have been done, so it counts as failed. A host may leave the items out and count them all.
 */
export function withUnanswered(sent: readonly PushItem[], result: PushResult): PushResult {
  const { total, succeeded, skipped, failed } = result.summary;
  const told = new Map<string, number>();
  const tell = (id: string, by: number) => told.set(id, (told.get(id) ?? 0) + by);
  for (const { ref } of result.items) tell(ref.id, 1);
  const failedItems = new Set(result.items.map(({ ref }) => ref.id));
  for (const { ref } of result.item_errors ?? []) if (!failedItems.has(ref.id)) tell(ref.id, 1);
  const missing = sent.filter(({ ref }) => {
    const left = told.get(ref.id) ?? 0;
    if (left > 0) tell(ref.id, -1);
    return left === 0;
  });
  // A host may name new issues by the ids that it gave them; what it says twice of one item says nothing of another.
  const known = new Set(sent.map(({ ref }) => ref.id));
  const strangers = [...told].reduce((sum, [id, count]) => known.has(id) ? sum : sum + count, 0);
  const answered = sent.length - missing.length + strangers;
  if (Math.max(answered, succeeded + skipped + failed) >= sent.length) return result;
  const errors = missing.map(unansweredItem);
  return {
    ...result,
    status: result.status === "error" ? "error" : "partial",
    summary: {
      total: Math.max(total, succeeded + skipped + failed) + missing.length,
      succeeded,
      skipped,
      failed: failed + missing.length,
    },
    item_errors: [...result.item_errors ?? [], ...errors],
  };
}

/** Returns the fault of an item that the host did not report a result for. */
export function unansweredItem({ ref }: Pick<PushItem, "ref">): ItemError {
  return {
    ref,
    code: UNANSWERED_ITEM,
    message: "the host did not report a result",
    retryable: true,
  };
}
