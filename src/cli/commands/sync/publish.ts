import { SYNC } from "../../command/access.ts";
import { defineCommand } from "../../command/command.ts";

/** The command `tracker sync publish`. */
export const command = defineCommand({
  path: "sync publish",
  group: "Sync",
  summary: "Send a snapshot of a local project's issues to the host, for the team to see.",
  gated: true,
  hosted: "not available: the host has these issues already.",
  local: "sends the cached issues, the mappings and how far the sync has come.",
  examples: ["tracker sync publish --dry-run", "tracker sync publish"],
  readiness: { binding: true, reachability: true },
  permissions: SYNC,
  only: {
    providers: "local",
    refusal: "Snapshot publish is not supported. Use `tracker sync push` instead.",
  },
  options: (kit) =>
    kit.object("Options", {
      dryRun: kit.flag(["--dry-run"], "Print what would be sent, send nothing."),
      authTokenStdin: kit.flag(
        ["--auth-token-stdin"],
        "Read the host's token from standard input instead of using the session.",
      ),
    }),
  load: () => import("./publish_run.ts"),
});
