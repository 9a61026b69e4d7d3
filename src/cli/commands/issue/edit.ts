import { CHANGE_CACHE } from "../../command/access.ts";
import { defineCommand } from "../../command/command.ts";
import { issueFields, memberFields } from "./field_options.ts";

/** Fields that `issue edit --clear` empties. */
export const CLEARABLE = ["body", "assignees", "labels", "parent", "links"] as const;

/** The command `tracker issue edit`. */
export const command = defineCommand({
  path: "issue edit",
  group: "Look",
  summary: "Change an issue here; the next push changes it in the tracker.",
  gated: false,
  examples: [
    "tracker issue edit bd-12 --status in_progress --assignee mei",
    "tracker issue edit bd-12 --editor",
    "tracker issue edit bd-12 --add-label ui --remove-label triage",
  ],
  readiness: "binding",
  permissions: CHANGE_CACHE,
  completion: { KEY: "issues" },
  options: (kit) =>
    kit.object("Options", {
      key: kit.issueKey(),
      title: kit.textValue("--title", "TEXT", "The new title."),
      editor: kit.flag(
        ["--editor"],
        "Write title and body in the editor of `VISUAL` or `EDITOR`; with `--title` the body alone.",
      ),
      fields: issueFields(kit),
      members: memberFields(kit),
      clear: kit.multiple(
        kit.option("--clear", kit.oneOf("NAME", "field", CLEARABLE), {
          description: kit.text("Empty body, assignees, labels, parent or links."),
        }),
      ),
    }),
  load: () => import("./edit_run.ts"),
});
