import { mergeTexts } from "../contract/text_merge.ts";
import { TrackerError } from "../platform/tracker_error.ts";
import { type FieldPatch, type FieldValues, sameValue } from "./fields.ts";

/** The texts of an issue as a person saw them when they began to write. */
export interface SeenTexts {
  /** The title. */
  readonly title: string;
  /** The body, in Markdown; `null` without one. */
  readonly body: string | null;
}

/**
 * Returns a patch with its texts brought onto those that the issue has now: a sync may have changed them while a person
 * wrote. Lines of the body that are apart are merged.
 *
 * @throws {TrackerError} `edited_meanwhile` where the same was changed.
 */
export function ontoPresent(patch: FieldPatch, seen: SeenTexts, now: FieldValues): FieldPatch {
  const hasMoved = (field: "title" | "body") =>
    patch[field] !== undefined && !sameValue(field, seen[field], now[field]) &&
    !sameValue(field, { ...now, ...patch }[field], now[field]);
  if (hasMoved("title")) throw editedMeanwhile("title");
  if (!hasMoved("body")) return patch;
  const body = mergeTexts(seen.body, patch.body ?? null, now.body);
  if (body === null) throw editedMeanwhile("body");
  return { ...patch, body };
}

function editedMeanwhile(field: "title" | "body"): TrackerError {
  return new TrackerError({
    code: "edited_meanwhile",
    message: `The ${field} was changed while you wrote, and nothing was changed here`,
    nextAction: "Edit the issue again, and take over from your text what is still wanted.",
    details: { field },
  });
}
