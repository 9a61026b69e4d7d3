import { SYNC } from "../../command/access.ts";
import { defineCommand } from "../../command/command.ts";

const BARE = {
  amount: { kind: "default" },
  since: undefined,
  statuses: [],
  types: [],
  dryRun: false,
} as const;

/** The command `tracker sync pull`. */
export const command = defineCommand({
  path: "sync pull",
  group: "Sync",
  summary: "Fetch issues into the local cache.",
  gated: false,
  hosted: "continues where the last pull stopped, then fetches what has changed since.",
  local: "fetches what has changed since the last pull, and merges it field by field.",
  hostedExamples: ["tracker sync pull --all --since 2026-01-31"],
  examples: ["tracker sync pull", "tracker sync pull --all"],
  readiness: { binding: true, reachability: true },
  permissions: SYNC,
  options: (kit) =>
    kit.object("Options", {
      amount: kit.withDefault(
        kit.or(
          kit.object({
            kind: kit.constant("some"),
            limit: kit.option("--limit", kit.count(), {
              description: kit.text(
                kit.hosted
                  ? "Fetch at most N issues; hosted providers: 100 unless given."
                  : "Fetch at most N issues.",
              ),
            }),
          }),
          kit.object({
            kind: kit.constant("all"),
            all: kit.required("--all", { description: kit.text("Fetch every issue.") }),
          }),
        ),
        { kind: "default" } as const,
      ),
      since: kit.only(
        "hosted",
        kit.value("--since", kit.pointInTime(), "Only issues changed after TIME."),
      ),
      statuses: kit.only("hosted", kit.statusFilter()),
      types: kit.only("hosted", kit.typeFilter()),
      dryRun: kit.only("local", kit.flag(["--dry-run"], "Show what would change, change nothing.")),
    }),
  bare: BARE,
  flags: { "--all": { ...BARE, amount: { kind: "all", all: true } } },
  load: () => import("./pull_run.ts"),
});
