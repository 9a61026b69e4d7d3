import { defineCommand } from "../../command/command.ts";

/** The command `tracker help`. */
export const command = defineCommand({
  path: "help",
  group: "Shell",
  summary: "Show the help of a command.",
  gated: false,
  examples: ["tracker help", "tracker help sync pull"],
  readiness: "none",
  permissions: [],
  options: (kit) =>
    kit.object("Options", {
      words: kit.multiple(
        kit.argument(kit.named("COMMAND"), { description: kit.text("The command to explain.") }),
      ),
    }),
  bare: { words: [] },
  load: () => import("./help_run.ts"),
});
