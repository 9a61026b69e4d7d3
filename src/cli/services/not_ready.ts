import { TrackerError } from "../../platform/tracker_error.ts";

/** A prerequisite is missing: said as message, blank line, next action. */
export class NotReadyError extends TrackerError {}
