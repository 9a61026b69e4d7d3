import type { EndedDelivery } from "../store/outbox.ts";
import { deliveryResult } from "./deliver_item.ts";
import { storedItem, unreadableItem } from "./stored_item.ts";

/** Returns what a client is told of an item. One whose connection was removed has the words alone. */
export function told(ended: EndedDelivery): {
  readonly item: string;
  readonly error: string | null;
} {
  const { item, result, error } = ended;
  if (result !== null) return { item: result, error };
  const made = deliveryResult(storedItem(item) ?? unreadableItem(ended), {
    kind: "failed",
    code: "not_connected",
    message: error ?? "The connection was removed",
    details: null,
    issue: null,
  }, null);
  return { item: JSON.stringify(made.item), error: JSON.stringify(made.error) };
}
