import { CHANGE_PROJECT } from "../../command/access.ts";
import { defineCommand } from "../../command/command.ts";

/** The command `tracker map add`. */
export const command = defineCommand({
  path: "map add",
  group: "Look",
  summary: "Connect a work package with an issue.",
  gated: false,
  hosted: "not available: mappings are managed in the dashboard.",
  local: "one issue per work package, no issue twice.",
  examples: [
    "tracker map add --wp-id WP01 --external-id bd-12",
    "tracker map add --wp-id WP02 --external-id bd-14 --external-key bd-14 --json",
  ],
  readiness: { binding: true, reachability: false },
  permissions: CHANGE_PROJECT,
  only: { providers: "local", refusal: "Mappings are managed in the dashboard of the host" },
  missing: "Name both sides: `--wp-id WP01 --external-id ID`",
  options: (kit) =>
    kit.object("Options", {
      wpId: kit.option("--wp-id", kit.named("ID"), {
        description: kit.text("The work package, such as WP01."),
      }),
      externalId: kit.option("--external-id", kit.named("ID"), {
        description: kit.text("The id of the issue in the tracker."),
      }),
      externalKey: kit.value("--external-key", kit.named("KEY"), "The key people know it by."),
      externalUrl: kit.value("--external-url", kit.named("URL"), "Where to look at it."),
    }),
  load: () => import("./add_run.ts"),
});
