import { type ErrorDetails, TrackerError } from "../platform/tracker_error.ts";

/** Returns the refusal of an edit that no tracker could take. */
export function invalidEdit(
  message: string,
  nextAction: string,
  details: ErrorDetails = {},
): TrackerError {
  return new TrackerError({ code: "invalid_edit", message, nextAction, details });
}
