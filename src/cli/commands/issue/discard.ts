import { SYNC_FIELDS } from "../../../contract/sync_fields.ts";
import { CHANGE_CACHE } from "../../command/access.ts";
import { defineCommand } from "../../command/command.ts";

/** The command `tracker issue discard`. */
export const command = defineCommand({
  path: "issue discard",
  group: "Look",
  summary: "Drop edits made here before they are pushed.",
  gated: false,
  examples: [
    "tracker issue discard bd-12",
    "tracker issue discard bd-12 --field status --json",
  ],
  readiness: "binding",
  permissions: CHANGE_CACHE,
  completion: { KEY: "issues" },
  missing: "Name the issue: `tracker issue discard KEY`",
  options: (kit) =>
    kit.object("Options", {
      key: kit.requiredIssueKey(),
      fields: kit.multiple(
        kit.option("--field", kit.oneOf("NAME", "field", SYNC_FIELDS), {
          description: kit.text("Only the edit of this field. May be repeated."),
        }),
      ),
    }),
  load: () => import("./discard_run.ts"),
});
