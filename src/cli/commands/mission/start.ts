import { USE_IDENTITY } from "../../command/access.ts";
import { defineCommand } from "../../command/command.ts";

/** The command `tracker mission start`. */
export const command = defineCommand({
  path: "mission start",
  group: "Missions",
  summary: "Find a ticket at the host and start a mission from it.",
  gated: true,
  examples: [
    "tracker mission start login times out",
    "tracker mission start --ticket WEB-12 --yes",
  ],
  readiness: { binding: true, reachability: false },
  permissions: [...USE_IDENTITY, "run git", "net daemon", "run self"],
  completion: { KEY: "issues" },
  options: (kit) =>
    kit.object("Options", {
      query: kit.or(
        kit.object({
          kind: kit.constant("key"),
          key: kit.option("--ticket", kit.named("KEY"), {
            description: kit.text("Start from this ticket; with `--yes` nothing is asked."),
          }),
        }),
        kit.object({
          kind: kit.constant("text"),
          words: kit.multiple(
            kit.argument(kit.named("TEXT"), {
              description: kit.text("Words of the ticket's title or body."),
            }),
          ),
        }),
      ),
      noCommit: kit.flag(["--no-commit"], "Write the files without committing them."),
    }),
  load: () => import("./start_run.ts"),
});
