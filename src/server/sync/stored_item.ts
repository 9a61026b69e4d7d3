import { isJsonObject, type JsonObject } from "../../contract/field.ts";
import type { ExternalRef } from "../../contract/issue.ts";
import { parseWith } from "../../contract/parse.ts";
import { type PushItem, PushItemSchema } from "../../contract/push.ts";
import { unknownShadow } from "./merge_patch.ts";

/** Returns an item that was stored for its delivery; `null` when it cannot be read. */
export function storedItem(text: string): PushItem | null {
  const parsed = parseWith(PushItemSchema, valueOf(text));
  return parsed.ok ? parsed.value : null;
}

/** Returns what both sides agreed on; when it cannot be read, any field that differs is a conflict. */
export function storedShadow(text: string | null): JsonObject {
  if (text === null) return {};
  const value = valueOf(text);
  return isJsonObject(value) ? value : unknownShadow();
}

/** What is stored beside an item. */
export interface BesideItem {
  readonly ref: ExternalRef;
  /** `null` for a new issue. */
  readonly shadow: string | null;
}

/** Stands for an item that cannot be read, in what a client is told of it. */
export function unreadableItem({ ref, shadow }: BesideItem): PushItem {
  return { ref, action: shadow === null ? "create" : "update" };
}

/** Returns what JSON says; `undefined` when it is broken. */
function valueOf(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
