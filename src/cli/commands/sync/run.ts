import { SYNC } from "../../command/access.ts";
import { defineCommand } from "../../command/command.ts";
import { retryOption } from "./options.ts";

/** The command `tracker sync run`. */
export const command = defineCommand({
  path: "sync run",
  group: "Sync",
  summary: "Run a full sync: send what waits here, fetch what is new.",
  gated: false,
  hosted:
    "sends the edits that wait here, has the host sync with the tracker, then fetches all that is new; Ctrl-C stops waiting, not the host.",
  local: "pulls, merges and pushes here.",
  examples: ["tracker sync run", "tracker sync run --json"],
  readiness: { binding: true, reachability: true },
  permissions: SYNC,
  options: (kit) =>
    kit.object("Options", {
      limit: kit.value(
        "--limit",
        kit.count(),
        kit.hosted
          ? "Sync at most N issues, and say if there are more; everything unless given."
          : "Sync at most N issues.",
      ),
      pushOnly: kit.only(
        "hosted",
        kit.flag(["--no-pull"], "Pull nothing, neither at the host nor here."),
      ),
      dryRun: kit.only("local", kit.flag(["--dry-run"], "Show what would change, change nothing.")),
      retry: retryOption(kit),
    }),
  load: () => import("./run_run.ts"),
});
