import { CHANGE_HOST } from "../../command/access.ts";
import { defineCommand } from "../../command/command.ts";
import { dataOption, HOST_COMMAND } from "./options.ts";

/** The command `tracker host import`. */
export const command = defineCommand({
  path: "host import",
  ...HOST_COMMAND,
  summary: "Import issues into a host's data: JSON, JSON Lines, an export of `bd`, a list of `gh`.",
  examples: [
    "tracker host import issues.jsonl --data /var/lib/tracker -p linear",
    'tracker host import .beads/issues.jsonl --data data --resource "My project"',
  ],
  permissions: ["read project", ...CHANGE_HOST],
  missing: "Name the file: `tracker host import FILE`",
  options: (kit) =>
    kit.object("Options", {
      file: kit.argument(kit.named("FILE"), { description: kit.text("The file to import.") }),
      data: dataOption(kit),
      provider: kit.optional(
        kit.option("-p", "--provider", kit.oneOf("PROVIDER", "provider", kit.HOSTED_PROVIDERS), {
          description: kit.text("Provider the issues appear under (their own, else linear)."),
        }),
      ),
      resource: kit.textValue("--resource", "NAME", "Name of the resource they belong to."),
      team: kit.textValue(
        "--team",
        "TEAM",
        "Team that sees them (the first team); created where missing.",
      ),
    }),
  load: () => import("./import_run.ts"),
});
