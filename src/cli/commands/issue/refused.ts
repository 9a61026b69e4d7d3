import type { NormalizedIssue } from "../../../contract/issue.ts";
import type { RefusedEdit } from "../../../store/edits.ts";
import { valueWords } from "../../services/field_words.ts";

/** The status of an issue, and what was refused: "todo, done refused". */
export function statusWords(
  { ref, status }: NormalizedIssue,
  refused: readonly RefusedEdit[],
): string {
  const words = refused.filter(({ id }) => id === ref.id).map(({ field, wanted }) =>
    field === "status" ? `${inWords(wanted)} refused` : `${field.replace("_", " ")} refused`
  );
  return [inWords(status), ...words].join(", ");
}

/** Each refused edit of an issue with its reason, in a line. */
export function refusedLines(refused: readonly RefusedEdit[]): string[] {
  return refused.map(({ field, wanted, message }) =>
    `${field.replace("_", " ")} → ${inWords(wanted, field)}: ${message}`
  );
}

function inWords(value: unknown, field?: string): string {
  return valueWords(value, field).replace("_", " ");
}
