import { READ_STATE } from "../../command/access.ts";
import { defineCommand } from "../../command/command.ts";

/** The command `tracker issue show`. */
export const command = defineCommand({
  path: "issue show",
  group: "Look",
  summary: "Show one cached issue.",
  gated: false,
  examples: [
    "tracker issue show WEB-12",
    "tracker issue show WEB-12 --json",
    "tracker issue show bd-12 --comments",
  ],
  readiness: "none",
  permissions: READ_STATE,
  completion: { KEY: "issues" },
  missing: "Name the issue: `tracker issue show KEY`",
  options: (kit) =>
    kit.object("Options", {
      key: kit.argument(kit.named("KEY"), { description: kit.text("Key or id of the issue.") }),
      comments: kit.flag(
        ["--comments"],
        "Show its comments, too, as the tool or the host has them now.",
      ),
    }),
  load: () => import("./show_run.ts"),
});
