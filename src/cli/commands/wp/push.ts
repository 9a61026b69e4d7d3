import { ASK_HOST } from "../../command/access.ts";
import { defineCommand } from "../../command/command.ts";

/** The command `tracker wp push`. */
export const command = defineCommand({
  path: "wp push",
  group: "Missions",
  summary: "Create the tickets of work packages, and move them to where their lanes are.",
  gated: false,
  hosted:
    "tickets are created at a host that keeps work packages; at any other, mapped ones follow.",
  local: "a ticket is an issue of the tool, known by its external reference.",
  examples: [
    "tracker wp push fix-search",
    "tracker wp push --all --dry-run",
    "tracker wp push fix-search --wp WP01 --wp WP02 --json",
    "tracker wp push --all --watch",
  ],
  readiness: { binding: true, reachability: true },
  permissions: [...ASK_HOST, "run tool"],
  completion: { MISSION: "missions" },
  options: (kit) =>
    kit.object("Options", {
      mission: kit.optional(
        kit.argument(kit.named("MISSION"), {
          description: kit.text(
            "Only this mission: its directory, slug, number or id. Without it, that of the branch, " +
              "or the only one.",
          ),
        }),
      ),
      all: kit.flag(["--all"], "Push the work packages of all missions."),
      packages: kit.values("--wp", "ID", "Only this work package, such as WP01. May be repeated."),
      watch: kit.flag(["--watch"], "Push again whenever lanes or tasks change, until Ctrl-C."),
      dryRun: kit.flag(["--dry-run"], "Print what would be done, write nothing."),
    }),
  check: async () => (await import("./push_run.ts")).check,
  load: () => import("./push_run.ts"),
});
