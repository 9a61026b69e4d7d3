import * as v from "valibot";
import { FilledSchema, isJsonObject, type JsonObject, JsonObjectSchema } from "./field.ts";
import {
  type ExternalRef,
  ExternalRefSchema,
  type IssueType,
  IssueTypeSchema,
  type Priority,
  PrioritySchema,
  type Status,
  StatusSchema,
} from "./issue.ts";
import { faultsOf, parseWith, UNKNOWN_FIELD } from "./parse.ts";

/** What a push item does (wire.md, Push items). */
export const PUSH_ACTIONS = ["create", "update", "transition"] as const;

/** One of {@link PUSH_ACTIONS}. */
export type PushAction = typeof PUSH_ACTIONS[number];

/** The fields a push sets; a field that is left out stays as it is (wire.md, Push items). */
export type PushPatch = {
  /** The new title. */
  readonly title?: string | undefined;
  /** The new description, in Markdown; `null` empties it. */
  readonly body?: string | null | undefined;
  /** The new priority. */
  readonly priority?: Priority | undefined;
  /** All people it is assigned to from now on. */
  readonly assignees?: readonly string[] | undefined;
  /** All labels it has from now on. */
  readonly labels?: readonly string[] | undefined;
  /** The new type. */
  readonly issue_type?: IssueType | undefined;
  /** The issue it becomes a part of; `null` takes it out of its parent. */
  readonly parent_ref?: ExternalRef | null | undefined;
};

/** One write to one issue; a transition always says where to (wire.md, Push items). */
export type PushItem =
  | {
    /** The issue; for `create`, `ref.id` is an id of the caller's own. */
    readonly ref: ExternalRef;
    /** Creates an issue, or changes one. */
    readonly action: "create" | "update";
    /** The fields to set. */
    readonly patch?: PushPatch | null | undefined;
    /** The status to move it to. */
    readonly target_status?: Status | null | undefined;
  }
  | {
    /** The issue. */
    readonly ref: ExternalRef;
    /** Moves an issue to another status. */
    readonly action: "transition";
    /** The fields to set too. */
    readonly patch?: PushPatch | null | undefined;
    /** The status to move it to. */
    readonly target_status: Status;
  };

const PATCH_FIELDS: readonly (keyof PushPatch)[] = [
  "title",
  "body",
  "priority",
  "assignees",
  "labels",
  "issue_type",
  "parent_ref",
];

/**
 * Schema of {@link PushPatch}; a field it does not name is a fault, so that no write is lost silently. `null` empties a
 * body or a parent, and leaves any other field alone (wire.md, Push items).
 */
export const PushPatchSchema: v.GenericSchema<unknown, PushPatch> = v.pipe(
  JsonObjectSchema,
  v.transform((patch): JsonObject =>
    Object.fromEntries(
      Object.entries(patch).filter(([field, value]) =>
        value !== null || field === "body" || field === "parent_ref"
      ),
    )
  ),
  v.strictObject({
    title: v.optional(FilledSchema),
    body: v.optional(v.nullable(v.string())),
    priority: v.optional(PrioritySchema),
    assignees: v.optional(v.array(v.string())),
    labels: v.optional(v.array(v.string())),
    issue_type: v.optional(IssueTypeSchema),
    parent_ref: v.optional(v.nullable(ExternalRefSchema)),
  }),
);

/** Schema of {@link PushItem}. */
export const PushItemSchema: v.GenericSchema<unknown, PushItem> = v.variant("action", [
  v.looseObject({
    ref: ExternalRefSchema,
    action: v.picklist(["create", "update"]),
    patch: v.nullish(PushPatchSchema),
    target_status: v.nullish(StatusSchema),
  }),
  v.looseObject({
    ref: ExternalRefSchema,
    action: v.literal("transition"),
    patch: v.nullish(PushPatchSchema),
    target_status: StatusSchema,
  }),
]);

/** A fault in a list of push items. */
export interface PushItemFault {
  /** Zero-based place of the item, `null` for the list itself. */
  readonly index: number | null;
  /** Dotted path inside the item, empty for the item itself. */
  readonly field: string;
  /** Completes the sentence "`field` …". */
  readonly message: string;
}

/** The items, or every fault found in them. */
export type PushItemsOutcome =
  | { readonly ok: true; readonly items: PushItem[] }
  | { readonly ok: false; readonly faults: readonly PushItemFault[] };

/** Checks a list of push items in full before anything is sent; each fault names its index and field. */
export function parsePushItems(json: unknown): PushItemsOutcome {
  if (!Array.isArray(json)) {
    const message = "must be a list of push items";
    return { ok: false, faults: [{ index: null, field: "", message }] };
  }
  const items: PushItem[] = [];
  const faults: PushItemFault[] = [];
  for (const [index, item] of json.entries()) {
    const parsed = parseWith(PushItemSchema, item);
    if (parsed.ok) {
      items.push(parsed.value);
      continue;
    }
    for (const fault of faultsOf(PushItemSchema, item)) {
      faults.push({ index, field: fault.path, message: explain(fault.path, fault.message, item) });
    }
  }
  return faults.length === 0 ? { ok: true, items } : { ok: false, faults };
}

function explain(field: string, message: string, item: unknown): string {
  const isTransition = isJsonObject(item) && item["action"] === "transition";
  if (isTransition && field === "target_status" && message === "is missing") {
    return "is required by a transition";
  }
  if (message !== UNKNOWN_FIELD || !field.startsWith("patch.")) return message;
  return field === "patch.status"
    ? `cannot be set by a patch: use "action": "transition" with "target_status"`
    : `${UNKNOWN_FIELD}; a patch takes ${PATCH_FIELDS.join(", ")}`;
}
