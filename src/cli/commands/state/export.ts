import { CHANGE_DATA } from "../../command/access.ts";
import { defineCommand } from "../../command/command.ts";

/** The command `tracker state export`. */
export const command = defineCommand({
  path: "state export",
  group: "Look",
  summary: "Write what this machine keeps to a new file, as JSON.",
  gated: false,
  examples: [
    "tracker state export state.json",
    "tracker state export web.json --id 0f3a61c2b97d4e85",
  ],
  readiness: "none",
  permissions: ["read project", "read user", ...CHANGE_DATA],
  completion: { ID: "states" },
  missing: "Name the file: `tracker state export FILE`",
  options: (kit) =>
    kit.object("Options", {
      file: kit.argument(kit.named("FILE"), {
        description: kit.text("The file, which must not be there yet."),
      }),
      id: kit.value("--id", kit.named("ID"), "Only this, as `tracker state list` names it."),
    }),
  load: () => import("./export_run.ts"),
});
