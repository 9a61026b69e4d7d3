import { CHANGE_PROJECT } from "../../command/access.ts";
import { defineCommand } from "../../command/command.ts";
import { issueFields } from "./field_options.ts";

/** The command `tracker issue create`. */
export const command = defineCommand({
  path: "issue create",
  group: "Look",
  summary: "Create an issue here; the next push creates it in the tracker.",
  gated: false,
  examples: [
    'tracker issue create --title "Retry the upload" --type bug --priority high',
    "tracker issue create --title Notes --body-file - < notes.md",
  ],
  readiness: "binding",
  permissions: CHANGE_PROJECT,
  missing: "Name the issue: `tracker issue create --title TEXT`",
  options: (kit) =>
    kit.object("Options", {
      title: kit.option("--title", kit.named("TEXT"), { description: kit.text("The title.") }),
      fields: issueFields(kit),
    }),
  load: () => import("./create_run.ts"),
});
