import { parseWith } from "../../contract/parse.ts";
import { PushItemSchema } from "../../contract/push.ts";
import type { EndedDelivery } from "../store/outbox.ts";
import { deliveryResult } from "./deliver_item.ts";

/** Returns what a client is told of an item. One whose connection was removed has the words alone. */
export function told(
  { item, result, error }: EndedDelivery,
): { readonly item: string; readonly error: string | null } {
  if (result !== null) return { item: result, error };
  const value: unknown = JSON.parse(item);
  const parsed = parseWith(PushItemSchema, value);
  if (!parsed.ok) throw new TypeError(`A stored delivery is broken: "${parsed.path}"`);
  const made = deliveryResult(parsed.value, {
    kind: "failed",
    code: "not_connected",
    message: error ?? "The connection was removed",
    details: null,
    issue: null,
  }, null);
  return { item: JSON.stringify(made.item), error: JSON.stringify(made.error) };
}
