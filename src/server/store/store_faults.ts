import { isStorageFault } from "../../platform/database.ts";
import { TrackerError } from "../../platform/tracker_error.ts";
import { faultOf, isCollision, isLost } from "./postgres_faults.ts";

/** Returns whether it is the store that failed, and not what it was asked for: the same may succeed later. */
export function isStoreFault(error: unknown): boolean {
  if (error instanceof TrackerError && error.code.startsWith("database_")) return true;
  return isStorageFault(error) || isLost(error) || isCollision(error) || faultOf(error) !== null;
}
