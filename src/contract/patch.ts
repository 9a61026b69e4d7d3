import * as v from "valibot";
import { FilledSchema, type JsonObject, JsonObjectSchema } from "./field.ts";
import {
  type ExternalRef,
  ExternalRefSchema,
  type IssueLink,
  IssueLinkSchema,
  type IssueType,
  IssueTypeSchema,
  type NormalizedIssue,
  type Priority,
  PrioritySchema,
} from "./issue.ts";

/**
 * The fields a push sets; a field that is left out stays as it is (wire.md, Push items). A host takes what adds to a
 * set, takes from it, or sets custom fields only where it lists `patch_sets` (wire.md, Extensions).
 */
export type PushPatch = {
  /** The new title. */
  readonly title?: string | undefined;
  /** The new description, in Markdown; `null` empties it. */
  readonly body?: string | null | undefined;
  /** The new priority. */
  readonly priority?: Priority | undefined;
  /** All people it is assigned to from now on. */
  readonly assignees?: readonly string[] | undefined;
  /** People it is assigned to besides. */
  readonly assignees_add?: readonly string[] | undefined;
  /** People it is no longer assigned to. */
  readonly assignees_remove?: readonly string[] | undefined;
  /** All labels it has from now on. */
  readonly labels?: readonly string[] | undefined;
  /** Labels it has besides. */
  readonly labels_add?: readonly string[] | undefined;
  /** Labels it no longer has. */
  readonly labels_remove?: readonly string[] | undefined;
  /** The new type. */
  readonly issue_type?: IssueType | undefined;
  /** The issue it becomes a part of; `null` takes it out of its parent. */
  readonly parent_ref?: ExternalRef | null | undefined;
  /** Links it has besides. */
  readonly links_add?: readonly IssueLink[] | undefined;
  /** Links it no longer has. */
  readonly links_remove?: readonly IssueLink[] | undefined;
  /** Custom fields to set, by name; `null` removes one, and the others stay. */
  readonly custom_fields?: JsonObject | undefined;
};

const TEXTS = v.array(v.string());
const LINKS = v.array(IssueLinkSchema);

const PATCH_ENTRIES = {
  title: v.optional(FilledSchema),
  body: v.optional(v.nullable(v.string())),
  priority: v.optional(PrioritySchema),
  assignees: v.optional(TEXTS),
  assignees_add: v.optional(TEXTS),
  assignees_remove: v.optional(TEXTS),
  labels: v.optional(TEXTS),
  labels_add: v.optional(TEXTS),
  labels_remove: v.optional(TEXTS),
  issue_type: v.optional(IssueTypeSchema),
  parent_ref: v.optional(v.nullable(ExternalRefSchema)),
  links_add: v.optional(LINKS),
  links_remove: v.optional(LINKS),
  custom_fields: v.optional(JsonObjectSchema),
} as const satisfies Readonly<Record<keyof PushPatch, unknown>>;

/** Names of the fields of a patch, in their order. */
export const PATCH_FIELDS: readonly string[] = Object.keys(PATCH_ENTRIES);

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
  v.strictObject(PATCH_ENTRIES),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    const patch = dataset.value;
    for (const { field, message } of contradictions(patch)) {
      addIssue({
        message,
        path: [{ type: "object", origin: "value", input: patch, key: field, value: patch[field] }],
      });
    }
  }),
);

/** A field of a patch that another one speaks against. */
interface Contradiction {
  readonly field: keyof PushPatch;
  /** Completes the sentence "`field` …". */
  readonly message: string;
}

/** Finds sets that are both set and changed, and members that are both added and removed. */
function contradictions(patch: PushPatch): readonly Contradiction[] {
  const found: Contradiction[] = [];
  for (const set of ["assignees", "labels"] as const) {
    if (patch[set] === undefined) continue;
    for (const field of [`${set}_add`, `${set}_remove`] as const) {
      if (patch[field] !== undefined) {
        found.push({ field, message: `cannot be given together with \`${set}\`` });
      }
    }
  }
  const pairs = [
    ["assignees_remove", patch.assignees_remove, patch.assignees_add],
    ["labels_remove", patch.labels_remove, patch.labels_add],
    ["links_remove", patch.links_remove?.map(linkName), patch.links_add?.map(linkName)],
  ] as const;
  for (const [field, removed = [], added = []] of pairs) {
    const both = new Set(added);
    if (removed.some((member) => both.has(member))) {
      found.push({ field, message: "names a member that the same patch adds" });
    }
  }
  return found;
}

/** Returns an issue with what a patch changes of it. Its place in the tree of issues is not judged. */
export function patchedIssue(issue: NormalizedIssue, patch: PushPatch): NormalizedIssue {
  const { assignees, labels, links } = issue;
  return {
    ...issue,
    title: patch.title ?? issue.title,
    body: patch.body === undefined ? issue.body : patch.body,
    priority: patch.priority ?? issue.priority,
    assignees: changedSet(patch.assignees ?? assignees, String, {
      add: patch.assignees_add,
      remove: patch.assignees_remove,
    }),
    labels: changedSet(patch.labels ?? labels, String, {
      add: patch.labels_add,
      remove: patch.labels_remove,
    }),
    issue_type: patch.issue_type ?? issue.issue_type,
    parent_ref: patch.parent_ref === undefined ? issue.parent_ref : patch.parent_ref,
    links: changedSet(links, linkName, { add: patch.links_add, remove: patch.links_remove }),
    custom_fields: changedFields(issue.custom_fields, patch.custom_fields ?? {}),
  };
}

/** Returns a name that tells a link of an issue apart from its other links: its kind, and the issue it leads to. */
export function linkName({ type, ref }: IssueLink): string {
  return JSON.stringify([type, ref.system, ref.workspace, ref.id]);
}

/** Members that are there keep their order, new ones follow. */
function changedSet<T>(
  members: readonly T[],
  nameOf: (member: T) => string,
  { add = [], remove = [] }: {
    readonly add: readonly T[] | undefined;
    readonly remove: readonly T[] | undefined;
  },
): readonly T[] {
  if (add.length === 0 && remove.length === 0) return members;
  const leaving = new Set(remove.map(nameOf));
  const kept = members.filter((member) => !leaving.has(nameOf(member)));
  const there = new Set(kept.map(nameOf));
  for (const member of add) {
    const name = nameOf(member);
    if (there.has(name)) continue;
    there.add(name);
    kept.push(member);
  }
  return kept;
}

function changedFields(fields: JsonObject, changes: JsonObject): JsonObject {
  const merged = Object.entries({ ...fields, ...changes });
  return Object.fromEntries(
    merged.filter(([name, value]) => value !== null || !Object.hasOwn(changes, name)),
  );
}
