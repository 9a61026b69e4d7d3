import { CHANGE_CACHE } from "../../command/access.ts";
import { defineCommand } from "../../command/command.ts";

/** The command `tracker state remove`. */
export const command = defineCommand({
  path: "state remove",
  group: "Look",
  summary: "Remove what this machine keeps of a repository or binding.",
  gated: false,
  examples: [
    "tracker state remove 0f3a61c2b97d4e85",
    "tracker state remove 0f3a --yes",
  ],
  readiness: "none",
  permissions: CHANGE_CACHE,
  completion: { ID: "states" },
  missing: "Name what to remove: `tracker state remove ID`",
  options: (kit) =>
    kit.object("Options", {
      id: kit.argument(kit.named("ID"), {
        description: kit.text("What `tracker state list` names so; four letters can be enough."),
      }),
    }),
  load: () => import("./remove_run.ts"),
});
