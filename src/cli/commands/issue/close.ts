import { CHANGE_CACHE } from "../../command/access.ts";
import { defineCommand } from "../../command/command.ts";

/** The command `tracker issue close`. */
export const command = defineCommand({
  path: "issue close",
  group: "Look",
  summary: "Close an issue here as done; the next push closes it in the tracker.",
  gated: false,
  examples: ["tracker issue close bd-12", "tracker issue close ENG-12 --reason not_planned"],
  readiness: "binding",
  permissions: CHANGE_CACHE,
  completion: { KEY: "issues" },
  options: (kit) =>
    kit.object("Options", {
      key: kit.issueKey(),
      reason: kit.textValue(
        "--reason",
        "TEXT",
        "Why: `completed`, `not_planned` or `duplicate`; another text is written as a comment. bd keeps any.",
      ),
    }),
  load: () => import("./close_run.ts"),
});
