import { CHANGE_HOST } from "../../command/access.ts";
import { defineCommand } from "../../command/command.ts";
import { connectionArgument, dataOption, HOST_COMMAND } from "./options.ts";

/** The command `tracker host connection map`. */
export const command = defineCommand({
  path: "host connection map",
  ...HOST_COMMAND,
  summary: "Say which words of the provider mean which status.",
  examples: [
    "tracker host connection map github --status review=in_review --data /var/lib/tracker",
    "tracker host connection map github --status doing= --data data",
  ],
  permissions: CHANGE_HOST,
  missing:
    "Name the connection and a word: `tracker host connection map NAME --status WORD=STATUS`",
  options: (kit) =>
    kit.object("Options", {
      name: connectionArgument(kit),
      words: kit.values(
        "--status",
        "WORD=STATUS",
        "A label or state of the provider and the status it means; `WORD=` forgets it. May be repeated.",
      ),
      data: dataOption(kit),
    }),
  load: () => import("./connection_map_run.ts"),
});
