import * as v from "valibot";
import { NormalizedIssueSchema } from "../contract/issue.ts";
import { type EditedIssue, FieldEditsSchema } from "./edits.ts";
import { optionalNumber, optionalText, parseStored, type Row, textOf } from "./rows.ts";

/** An issue as it is kept. */
export interface StoredIssue extends EditedIssue {
  /** The start of the last reading that showed `base` (milliseconds since 1970); `null` when unknown. */
  readonly seenAt: number | null;
}

/** Reads a stored issue from the columns `json`, `base`, `edits` and `seen_at`. */
export function storedOf(row: Row): StoredIssue {
  const issue = parseStored(NormalizedIssueSchema, textOf(row, "json"));
  const base = optionalText(row, "base");
  const edits = optionalText(row, "edits");
  return {
    issue,
    base: base === null ? issue : parseStored(BaseSchema, base),
    edits: edits === null ? {} : parseStored(FieldEditsSchema, edits),
    seenAt: optionalNumber(row, "seen_at"),
  };
}

const BaseSchema = v.nullable(NormalizedIssueSchema);
