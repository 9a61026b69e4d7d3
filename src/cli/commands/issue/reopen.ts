import { CHANGE_CACHE } from "../../command/access.ts";
import { defineCommand } from "../../command/command.ts";

/** The command `tracker issue reopen`. */
export const command = defineCommand({
  path: "issue reopen",
  group: "Look",
  summary: "Reopen a closed issue here; the next push reopens it in the tracker.",
  gated: false,
  examples: [
    "tracker issue reopen bd-12",
    'tracker issue reopen bd-12 --reason "It is back in 2.1"',
  ],
  readiness: "binding",
  permissions: CHANGE_CACHE,
  completion: { KEY: "issues" },
  options: (kit) =>
    kit.object("Options", {
      key: kit.issueKey(),
      reason: kit.textValue("--reason", "TEXT", "Why: written as a comment."),
    }),
  load: () => import("./reopen_run.ts"),
});
