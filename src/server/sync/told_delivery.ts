import { isJsonObject } from "../../contract/field.ts";
import type { ItemError } from "../../contract/results.ts";
import type { EndedDelivery } from "../store/outbox.ts";
import { conflictRoom } from "./apply_item.ts";
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

/**
 * Returns errors as far as an answer has room for the issues in them; those that it has none for are left out of their
 * errors, and the next pull brings them.
 */
export function fitting(errors: readonly string[]): readonly string[] {
  const room = conflictRoom();
  return errors.map((error) => {
    if (!error.includes('"current":')) return error;
    if (error.length <= room.characters) {
      room.characters -= error.length;
      return error;
    }
    const one: unknown = JSON.parse(error);
    if (!isJsonObject(one) || !isJsonObject(one["details"])) return error;
    const { current: _, ...details } = one["details"];
    return JSON.stringify({ ...one, details });
  });
}

/** A field that both sides had changed, and what the provider showed of it. */
export interface ToldConflict {
  readonly field: string;
  readonly theirs: unknown;
}

/** Returns the conflicts among the stored errors of an item, which may be plain words. */
export function conflictsIn(error: string | null): ToldConflict[] {
  if (error === null || !/^[[{]/.test(error)) return [];
  return errorsIn(error).flatMap((json) => {
    const one: unknown = JSON.parse(json);
    if (!isJsonObject(one) || one["code"] !== "version_conflict") return [];
    const { details } = one;
    return isJsonObject(details) && typeof details["field"] === "string"
      ? [{ field: details["field"], theirs: details["theirs"] ?? null }]
      : [];
  });
}

/** Reads what {@link errorsText} has made. */
function errorsIn(text: string): readonly string[] {
  const stored: unknown = JSON.parse(text);
  return Array.isArray(stored) ? stored.map((one) => JSON.stringify(one)) : [text];
}
