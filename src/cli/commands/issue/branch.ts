import { READ_STATE } from "../../command/access.ts";
import { defineCommand } from "../../command/command.ts";

/** The command `tracker issue branch`. */
export const command = defineCommand({
  path: "issue branch",
  group: "Look",
  summary: "Check out the branch of an issue, created where it is not there.",
  gated: false,
  examples: ["tracker issue branch WEB-12", "tracker issue branch WEB-12 --print"],
  readiness: "none",
  permissions: [...READ_STATE, "run git"],
  completion: { KEY: "issues" },
  options: (kit) =>
    kit.object("Options", {
      key: kit.issueKey(),
      print: kit.flag(["--print"], "Only name the branch."),
    }),
  load: () => import("./branch_run.ts"),
});
