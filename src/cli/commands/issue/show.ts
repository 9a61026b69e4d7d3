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
    "tracker issue show WEB-12 --web",
  ],
  readiness: "none",
  permissions: READ_STATE,
  completion: { KEY: "issues" },
  options: (kit) =>
    kit.object("Options", {
      key: kit.issueKey(),
      comments: kit.flag(
        ["--comments"],
        "Show its comments, too, as the tool or the host has them now.",
      ),
      web: kit.flag(["--web"], "Open its page at the tracker in the browser."),
    }),
  check: async () => (await import("./show_run.ts")).check,
  load: () => import("./show_run.ts"),
});
