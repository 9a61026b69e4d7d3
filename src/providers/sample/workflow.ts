import type { Status } from "../../contract/issue.ts";

/** Where an issue may go from each status in a guided workflow: work is started and reviewed before it is done. */
const GUIDED: Readonly<Record<Status, readonly Status[]>> = {
  todo: ["in_progress", "blocked", "canceled"],
  in_progress: ["todo", "in_review", "blocked", "canceled"],
  in_review: ["in_progress", "blocked", "done", "canceled"],
  blocked: ["todo", "in_progress", "canceled"],
  done: ["in_progress"],
  canceled: ["todo"],
};

/** The statuses that a transition from `status` may lead to; `null` when every one is allowed. */
export function allowedTargets(
  workflow: "open" | "guided",
  status: Status,
): readonly Status[] | null {
  return workflow === "open" ? null : GUIDED[status];
}
