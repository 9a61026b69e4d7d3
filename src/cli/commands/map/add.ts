import { CHANGE_CACHE } from "../../command/access.ts";
import { defineCommand } from "../../command/command.ts";

/** The command `tracker map add`. */
export const command = defineCommand({
  path: "map add",
  group: "Look",
  summary: "Connect a work package with an issue (local providers).",
  gated: false,
  hosted: "not available: mappings are managed in the dashboard of the host.",
  local: "a work package has one issue, and an issue has one work package.",
  examples: [
    "tracker map add --wp-id WP01 --external-id bd-12",
    "tracker map add --wp-id WP02 --external-id bd-14 --external-key bd-14 --json",
  ],
  readiness: { binding: true, reachability: false },
  permissions: CHANGE_CACHE,
  only: { providers: "local", refusal: "Mappings are managed in the dashboard", isAtHost: true },
  missing: "Name both sides: `--wp-id WP01 --external-id ID`",
  options: (kit) =>
    kit.object("Options", {
      wpId: kit.option("--wp-id", kit.named("ID"), {
        description: kit.text("The work package, such as WP01."),
      }),
      externalId: kit.option("--external-id", kit.named("ID"), {
        description: kit.text("The id of the issue in the tracker."),
      }),
      externalKey: kit.value(
        "--external-key",
        kit.named("KEY"),
        "The issue's key, as people know it.",
      ),
      externalUrl: kit.value("--external-url", kit.named("URL"), "The issue's address."),
    }),
  load: () => import("./add_run.ts"),
});
