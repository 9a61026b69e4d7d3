import * as v from "valibot";

/**
 * Whether a text can stand for an issue among a tool's arguments. One that begins with a dash would be
 * taken for an option, and ids come from everybody who shares the tool's data.
 */
export function isIssueId(text: string): boolean {
  return text !== "" && !text.startsWith("-") && !text.includes("\0");
}

/** An id that can be given to a tool; see {@link isIssueId}. */
export const IssueIdSchema: v.GenericSchema<unknown, string> = v.pipe(
  v.string(),
  v.check(isIssueId, "must be an id, and no option"),
);
