import type { ItemError } from "../../contract/results.ts";
import type { EndedDelivery } from "../store/outbox.ts";
import { deliveryResult, failure } from "./deliver_item.ts";
import { storedItem, unreadableItem } from "./stored_item.ts";

/** What a client is told of an item, in JSON. */
export interface ToldItem {
  readonly item: string;
  /** Empty unless the item has failed. */
  readonly errors: readonly string[];
}

/** Returns what a client is told of an item. One whose connection was removed has the words alone. */
export function told(ended: EndedDelivery): ToldItem {
  const { item, result, error } = ended;
  if (result !== null) return { item: result, errors: error === null ? [] : errorsIn(error) };
  const delivered = failure("not_connected", error ?? "The connection was removed");
  const made = deliveryResult(storedItem(item) ?? unreadableItem(ended), delivered, null);
  return { item: JSON.stringify(made.item), errors: made.errors.map((one) => JSON.stringify(one)) };
}

/** Returns the errors of an item as they are stored; `null` for none. */
export function errorsText(errors: readonly ItemError[]): string | null {
  const [first = null, ...others] = errors;
  if (first === null) return null;
  return JSON.stringify(others.length === 0 ? first : errors);
}

/** Reads what {@link errorsText} has made. */
function errorsIn(text: string): readonly string[] {
  const stored: unknown = JSON.parse(text);
  return Array.isArray(stored) ? stored.map((one) => JSON.stringify(one)) : [text];
}
