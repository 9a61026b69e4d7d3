import { isStorageFault } from "../../platform/database.ts";
import { TrackerError } from "../../platform/tracker_error.ts";
import { HostError } from "../model/host_error.ts";
import { faultOf, isCollision, isLost } from "./postgres_faults.ts";

/** Returns whether it is the store that failed, and not what it was asked for: the same may succeed later. */
export function isStoreFault(error: unknown): boolean {
  return isOutage(error) || isLost(error) || isCollision(error) || faultOf(error) !== null;
}

/** Returns whether the database cannot be used: a failure that the store has said of itself. */
export function isOutage(error: unknown): boolean {
  if (error instanceof HostError) return false;
  return error instanceof TrackerError ? error.code.startsWith("database_") : isStorageFault(error);
}
