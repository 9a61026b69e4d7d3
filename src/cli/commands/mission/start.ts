import { SYNC } from "../../command/access.ts";
import { defineCommand } from "../../command/command.ts";
import { branchFlags } from "./branch_flags.ts";

/** The command `tracker mission start`. */
export const command = defineCommand({
  path: "mission start",
  group: "Missions",
  summary: "Start a mission from a ticket: files, branch, and the ticket in progress.",
  gated: false,
  hosted: "find the ticket at the host, and bind the mission to it there.",
  local: "find the issue in the tool; nothing is sent to a host.",
  examples: [
    "tracker mission start search is slow",
    "tracker mission start --ticket bd-12 --branch --yes",
  ],
  hostedExamples: ["tracker mission start --ticket WEB-12 --yes --no-transition"],
  readiness: { binding: true, reachability: false },
  permissions: [...SYNC, "write project", "run git"],
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
            kit.argument(kit.words("TEXT"), {
              description: kit.text(
                "Words of the ticket's title or body; without any, choose from the open tickets.",
              ),
            }),
          ),
        }),
      ),
      ...branchFlags(kit),
      noTransition: kit.flag(
        ["--no-transition"],
        "Leave the ticket's status and its assignees as they are.",
      ),
      noCommit: kit.flag(["--no-commit"], "Write the files without committing them."),
    }),
  load: () => import("./start_run.ts"),
});
