import { CHANGE_CACHE } from "../../command/access.ts";
import { defineCommand } from "../../command/command.ts";

/** The command `tracker issue move`. */
export const command = defineCommand({
  path: "issue move",
  group: "Look",
  summary: "Move an issue to another status here; the next push moves it in the tracker.",
  gated: false,
  examples: ["tracker issue move bd-12 in_progress", "tracker issue move in_review"],
  readiness: "binding",
  permissions: CHANGE_CACHE,
  completion: { KEY: "issues" },
  missing: "Name the new status: `tracker issue move [KEY] STATUS`",
  options: (kit) =>
    kit.issueKeyAndStatus(
      kit.argument(
        kit.oneOf("STATUS", "status", kit.STATUSES, {
          open: "todo",
          closed: "done",
          cancelled: "canceled",
          "in-progress": "in_progress",
          "in-review": "in_review",
        }),
        { description: kit.text(`${kit.listed(kit.STATUSES)}.`) },
      ),
    ),
  load: () => import("./move_run.ts"),
});
