import * as v from "valibot";
import {
  type ExternalRef,
  ExternalRefSchema,
  IssueLinkSchema,
  IssueTypeSchema,
  type NormalizedIssue,
  PrioritySchema,
  StatusSchema,
} from "../contract/issue.ts";
import { parseWith } from "../contract/parse.ts";
import { SYNC_FIELDS, type SyncField } from "../contract/sync_fields.ts";

export { SYNC_FIELDS, type SyncField } from "../contract/sync_fields.ts";

/** The values of the synced fields. Assignees, labels and links are sets: their order says nothing. */
export interface FieldValues extends Pick<NormalizedIssue, Exclude<SyncField, "parent">> {
  readonly parent: ExternalRef | null;
}

/** New values for some fields; a field left out stays as it is. */
export type FieldPatch = Partial<FieldValues>;

/** Schema of {@link FieldPatch}. */
const FieldPatchSchema: v.GenericSchema<unknown, FieldPatch> = v.object({
  title: v.exactOptional(v.string()),
  body: v.exactOptional(v.nullable(v.string())),
  status: v.exactOptional(StatusSchema),
  issue_type: v.exactOptional(IssueTypeSchema),
  priority: v.exactOptional(PrioritySchema),
  assignees: v.exactOptional(v.array(v.string())),
  labels: v.exactOptional(v.array(v.string())),
  parent: v.exactOptional(v.nullable(ExternalRefSchema)),
  links: v.exactOptional(v.array(IssueLinkSchema)),
  custom_fields: v.exactOptional(v.record(v.string(), v.unknown())),
});

/** The synced fields of an issue. */
export function fieldsOf(issue: NormalizedIssue): FieldValues {
  return {
    title: issue.title,
    body: issue.body,
    status: issue.status,
    issue_type: issue.issue_type,
    priority: issue.priority,
    assignees: issue.assignees,
    labels: issue.labels,
    parent: issue.parent_ref,
    links: issue.links,
    custom_fields: issue.custom_fields,
  };
}

/** The issue with some fields replaced. */
export function withFields(issue: NormalizedIssue, patch: FieldPatch): NormalizedIssue {
  const { parent, ...rest } = patch;
  return { ...issue, ...rest, ...(parent === undefined ? {} : { parent_ref: parent }) };
}

/** The values of some fields. */
export function pickFields(values: FieldValues, fields: Iterable<SyncField>): FieldPatch {
  const patch: MutablePatch = {};
  for (const field of fields) copyField(patch, values, field);
  return patch;
}

/** The values that come out of a store and are values of their fields. */
export function valuesOf(values: readonly (readonly [string, unknown])[]): FieldPatch {
  return values.reduce<FieldPatch>((patch, [field, value]) => {
    const parsed = parseWith(FieldPatchSchema, { [field]: value });
    return parsed.ok ? { ...patch, ...parsed.value } : patch;
  }, {});
}

/** The names of the fields of a patch, in the order of {@link SYNC_FIELDS}. */
export function patchedFields(patch: FieldPatch): SyncField[] {
  return SYNC_FIELDS.filter((field) => patch[field] !== undefined);
}

/** The fields in which two sets of values differ. */
export function differingFields(a: FieldValues, b: FieldValues): SyncField[] {
  return SYNC_FIELDS.filter((field) => !sameValue(field, a[field], b[field]));
}

/** Whether two values of a field say the same. */
export function sameValue<F extends SyncField>(
  field: F,
  a: FieldValues[F],
  b: FieldValues[F],
): boolean {
  return a === b || meaning(field, a) === meaning(field, b);
}

type MutablePatch = { -readonly [F in SyncField]?: FieldValues[F] };

function copyField<F extends SyncField>(patch: MutablePatch, values: FieldValues, field: F): void {
  patch[field] = values[field];
}

/** A text that is equal for values that say the same. */
function meaning(field: SyncField, value: unknown): string {
  switch (field) {
    case "assignees":
    case "labels":
      return canonical(Array.isArray(value) ? [...new Set(value)].sort() : value);
    case "parent":
      return canonical(identityOf(value));
    case "links":
      return canonical(
        Array.isArray(value) ? [...new Set(value.map(linkIdentity))].sort() : value,
      );
    case "body":
      // A tracker without a body and one with an empty body cannot be told apart everywhere, and some trackers
      // keep other line ends than they were sent.
      if (typeof value !== "string") return canonical(value);
      return canonical(value === "" ? null : value.replaceAll("\r\n", "\n"));
    default:
      return canonical(value);
  }
}

function linkIdentity(link: unknown): string {
  if (!isRecord(link)) return canonical(link);
  return canonical([link["type"], identityOf(link["ref"])]);
}

/** Key and URL are how an issue is shown, not which one it is. */
function identityOf(ref: unknown): unknown {
  return isRecord(ref) ? [ref["system"], ref["workspace"], ref["id"]] : ref;
}

/** JSON with sorted keys. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner) => {
    if (!isRecord(inner)) return inner;
    return Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)));
  }) ?? "undefined";
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
