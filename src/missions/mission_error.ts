import { TrackerError, type TrackerErrorInit } from "../platform/tracker_error.ts";

/** Why a mission could not be created. */
export type MissionFault =
  | "invalid_slug"
  | "mission_numbers_used_up"
  | "dirty_index"
  | "commit_in_progress"
  | "detached_head"
  | "protected_branch"
  | "git_identity_missing"
  | "no_repository"
  | "branch_failed"
  | "git_failed"
  | "commit_failed";

/** A mission could not be created; nothing of it is left behind. */
export class MissionCreationError extends TrackerError {
  /** Why; the same as `code`. */
  readonly fault: MissionFault;

  /** Creates a failure from its parts. */
  constructor(init: Omit<TrackerErrorInit, "code"> & { readonly fault: MissionFault }) {
    const { fault, ...rest } = init;
    super({ ...rest, code: fault });
    this.name = "MissionCreationError";
    this.fault = fault;
  }
}
