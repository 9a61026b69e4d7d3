import * as v from "valibot";
import { isJsonObject } from "./field.ts";
import { type ExternalRef, ExternalRefSchema, type Status, StatusSchema } from "./issue.ts";
import { faultsOf, parseWith, UNKNOWN_FIELD } from "./parse.ts";
import { PATCH_FIELDS, type PushPatch, PushPatchSchema } from "./patch.ts";
import { packageName, type PushedPackage, PushedPackageSchema } from "./work_packages.ts";

export { type PushPatch, PushPatchSchema };

/** What a push item does (wire.md, Push items). */
export const PUSH_ACTIONS = ["create", "update", "transition"] as const;

/** One of {@link PUSH_ACTIONS}. */
export type PushAction = typeof PUSH_ACTIONS[number];

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
    /** The version of the issue that the item was made on, where the host lists `base_version`. */
    readonly base_version?: string | null | undefined;
    /** The work package whose issue it is, where the host lists `work_packages`. */
    readonly work_package?: PushedPackage | null | undefined;
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
    /** The version of the issue that the item was made on, where the host lists `base_version`. */
    readonly base_version?: string | null | undefined;
    /** The work package whose issue it is, where the host lists `work_packages`. */
    readonly work_package?: PushedPackage | null | undefined;
  };

/** Schema of {@link PushItem}. */
export const PushItemSchema: v.GenericSchema<unknown, PushItem> = v.pipe(
  v.variant("action", [
    v.looseObject({
      ref: ExternalRefSchema,
      action: v.picklist(["create", "update"]),
      patch: v.nullish(PushPatchSchema),
      target_status: v.nullish(StatusSchema),
      base_version: v.nullish(v.string()),
      work_package: v.nullish(PushedPackageSchema),
    }),
    v.looseObject({
      ref: ExternalRefSchema,
      action: v.literal("transition"),
      patch: v.nullish(PushPatchSchema),
      target_status: StatusSchema,
      base_version: v.nullish(v.string()),
      work_package: v.nullish(PushedPackageSchema),
    }),
  ]),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    const { action, ref, work_package } = dataset.value;
    if (action !== "create" || work_package == null || ref.id === packageName(work_package)) return;
    addIssue({
      message: "must be the mission, a slash and the id of its work package",
      path: [
        { type: "object", origin: "value", input: dataset.value, key: "ref", value: ref },
        { type: "object", origin: "value", input: ref, key: "id", value: ref.id },
      ],
    });
  }),
);

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
