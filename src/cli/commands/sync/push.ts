import { SYNC } from "../../command/access.ts";
import { defineCommand } from "../../command/command.ts";
import { retryOption } from "./options.ts";

/** The command `tracker sync push`. */
export const command = defineCommand({
  path: "sync push",
  group: "Sync",
  summary: "Send pending edits to the tracker.",
  gated: false,
  hosted:
    "sends the edits that wait here, merged with what others have changed; or the items of `--items-json`.",
  local: "sends the edits that wait here, field by field.",
  hostedExamples: [
    "tracker sync push --items-json changes.json",
    `echo '[{"ref": {"system": "linear", "workspace": "acme", "id": "ENG-34"}, ` +
    `"action": "transition", "target_status": "done"}]' | tracker sync push --items-json -`,
    "tracker sync push --items-json - --dry-run < changes.json",
  ],
  examples: [
    "tracker sync push --dry-run",
    "tracker sync push --json",
  ],
  readiness: { binding: true, reachability: true },
  permissions: [...SYNC, "write project"],
  options: (kit) =>
    kit.object("Options", {
      itemsJson: kit.only(
        "hosted",
        kit.textValue(
          "--items-json",
          "FILE",
          "Send these items instead of edits: a JSON array; `-` reads standard input. An item has a `ref`, " +
            "an `action` (create, update, transition) and a `patch`. A transition has a " +
            "`target_status` (todo, in_progress, in_review, blocked, done, canceled): `done` closes an issue.",
        ),
      ),
      dryRun: kit.flag(["--dry-run"], "Print what would be sent, send nothing."),
      retry: retryOption(kit),
      limit: kit.value("--limit", kit.count(), "Send at most N issues; the next push continues."),
    }),
  check: async () => (await import("./push_run.ts")).check,
  load: () => import("./push_run.ts"),
});
