import { type FieldPatch, type FieldValues, patchedFields } from "./fields.ts";
import type { FieldChange } from "./sync_report.ts";

/** The changes a patch makes to some values. */
export function changesOf(patch: FieldPatch, before: FieldValues): FieldChange[] {
  return patchedFields(patch).map((field) => ({
    field,
    from: before[field],
    to: patch[field],
  }));
}
