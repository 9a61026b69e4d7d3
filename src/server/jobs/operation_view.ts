import * as v from "valibot";
import { isJsonObject, type JsonObject } from "../../contract/field.ts";
import type { HostContext } from "../context/host_context.ts";
import {
  type ListedOperation,
  listedOperation,
  operationContent,
} from "../store/operation_list.ts";
import { operationItems } from "../store/operations.ts";

/** One operation for people: what it was asked for, and what has become of it. */
export interface OperationView {
  readonly operation: ListedOperation;
  /** Why it has failed, in words; `null` unless it has. */
  readonly error: string | null;
  /** What a full cycle took in from the tracker; `null` for a push, and before the end. */
  readonly pulled: number | null;
  /** What has become of its items, from `from` on. */
  readonly items: readonly ItemView[];
  /** Place of the first of `items`. */
  readonly from: number;
  /** Place at which further items begin; `null` when these are the last. */
  readonly next: number | null;
}

/** What has become of one item. */
export interface ItemView {
  /** The name of the issue: the key people use, else its id. */
  readonly issue: string;
  /** The provider's own id of the issue. */
  readonly issueId: string;
  /** What was asked for. */
  readonly action: string;
  /** What came of it. */
  readonly outcome: string;
  /** Why, in words; `null` when there is nothing to say. */
  readonly message: string | null;
}

/**
 * Returns an operation of a team with `limit` of its items; `null` when the team has none with this id. While it
 * runs, the items are those that have had their effect.
 */
export async function operationView(
  { store }: HostContext,
  teamId: string,
  id: string,
  { from, limit }: { readonly from: number; readonly limit: number },
): Promise<OperationView | null> {
  const operation = await listedOperation(store, teamId, id);
  if (operation === null) return null;
  const view = { operation, error: errorIn(operation.error), from };
  if (operation.endedAt === null) {
    const found = await operationItems(store, id, { place: from, limit: limit + 1 });
    const items = found.slice(0, limit).flatMap(({ item }) => readItem(JSON.parse(item)) ?? []);
    return { ...view, pulled: null, items, next: found.length > limit ? from + limit : null };
  }
  const content = await operationContent(store, teamId, id);
  const result = objectIn(content?.result ?? null);
  const pushed = isJsonObject(result["push"]) ? result["push"] : result;
  const all = Array.isArray(pushed["items"]) ? pushed["items"] : [];
  return {
    ...view,
    pulled: pulledIn(result),
    items: all.slice(from, from + limit).flatMap((item) => readItem(item) ?? []),
    next: all.length > from + limit ? from + limit : null,
  };
}

/** Returns what is wrong, in words, of a stored error, or of several. */
export function errorIn(json: string | null): string | null {
  if (json === null) return null;
  const value = valueIn(json);
  const words = (Array.isArray(value) ? value : [value]).flatMap((one: unknown) =>
    isJsonObject(one) && typeof one["message"] === "string" ? [one["message"]] : []
  );
  return words.length > 0 ? words.join("; ") : json;
}

/** Reads text as a JSON object; what is none counts as an empty one. */
function objectIn(json: string | null): JsonObject {
  const value = json === null ? null : valueIn(json);
  return isJsonObject(value) ? value : {};
}

/** Reads text as JSON; `null` when it is none. */
function valueIn(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function pulledIn({ pull }: JsonObject): number | null {
  if (!isJsonObject(pull) || !isJsonObject(pull["summary"])) return null;
  const total = pull["summary"]["total"];
  return typeof total === "number" ? total : null;
}

const RefSchema = v.object({ id: v.string(), key: v.nullish(v.string()) });

const ItemSchema = v.object({
  ref: RefSchema,
  action: v.string(),
  outcome: v.string(),
  remote_ref: v.nullish(RefSchema),
  message: v.nullish(v.string()),
});

function readItem(item: unknown): ItemView | null {
  const parsed = v.safeParse(ItemSchema, item);
  if (!parsed.success) return null;
  const { ref, remote_ref, action, outcome, message } = parsed.output;
  const known = remote_ref ?? ref;
  return {
    issue: known.key ?? known.id,
    issueId: known.id,
    action,
    outcome,
    message: message ?? null,
  };
}
