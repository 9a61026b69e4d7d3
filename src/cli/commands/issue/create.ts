import { CHANGE_CACHE } from "../../command/access.ts";
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
    "tracker issue create --editor --label ui",
    "tracker issue create --from bd-12",
  ],
  readiness: "binding",
  permissions: CHANGE_CACHE,
  completion: { KEY: "issues" },
  options: (kit) =>
    kit.object("Options", {
      title: kit.textValue("--title", "TEXT", "The title."),
      editor: kit.flag(
        ["--editor"],
        "Write title and body in the editor of `VISUAL` or `EDITOR`; with `--title` the body alone. On a terminal also done without `--title`.",
      ),
      from: kit.textValue(
        "--from",
        "KEY",
        "Take over what is known here of another issue, such as one that is gone; other options go over it.",
      ),
      fields: issueFields(kit),
    }),
  check: async () => (await import("./create_run.ts")).check,
  load: () => import("./create_run.ts"),
});
