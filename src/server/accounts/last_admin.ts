import { TrackerError } from "../../platform/tracker_error.ts";

/** Returns the failure of what would leave a team without an admin. */
export function lastAdmin(message: string): TrackerError {
  return new TrackerError({
    code: "last_admin",
    message,
    nextAction: "Make another user an admin first: `tracker host user role NAME admin`.",
  });
}
