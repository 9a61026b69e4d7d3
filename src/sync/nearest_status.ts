import type { Status } from "../contract/issue.ts";

/** What comes near to a status, the nearest first. */
const NEAREST: Readonly<Record<Status, readonly Status[]>> = {
  todo: [],
  in_progress: [],
  in_review: ["in_progress"],
  blocked: ["todo"],
  done: [],
  canceled: ["done"],
};

/** Returns the status that comes nearest to one which the other side may have no word for. */
export function nearestStatus(status: Status, isWritable: (status: Status) => boolean): Status {
  return [status, ...NEAREST[status]].find(isWritable) ?? status;
}
