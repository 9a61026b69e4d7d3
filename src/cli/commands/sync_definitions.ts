import { type Command, defineCommand } from "../command/command.ts";

const RETRY = "Local providers: send refused edits again.";

/** `sync …`: moving issues. */
export const SYNC_COMMANDS: readonly Command[] = [
  defineCommand({
    path: "sync pull",
    group: "Sync",
    summary: "Fetch issues into the local cache.",
    gated: false,
    hosted: "continues where the last pull stopped, then fetches what has changed since.",
    local: "everything that changed since the last pull, merged field by field.",
    hostedExamples: ["tracker sync pull --all --since 2026-01-31"],
    examples: ["tracker sync pull", "tracker sync pull --all"],
    readiness: { binding: true, reachability: true },
    options: (kit, hosted) =>
      kit.object("Options", {
        amount: kit.withDefault(
          kit.or(
            kit.object({
              kind: kit.constant("some"),
              limit: kit.option("--limit", kit.count(), {
                description: kit.text(
                  hosted
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
        since: hosted
          ? kit.value(
            "--since",
            kit.pointInTime(),
            "Hosted providers: only issues changed after TIME.",
          )
          : kit.map(kit.constant(null), () => undefined),
        statuses: hosted
          ? kit.statusFilter("Hosted providers: only")
          : kit.map(kit.constant(null), () => []),
        types: hosted
          ? kit.typeFilter("Hosted providers: only")
          : kit.map(kit.constant(null), () => []),
        dryRun: kit.flag(["--dry-run"], "Local providers: show what would change, change nothing."),
      }),
    load: () => import("./sync/pull_run.ts"),
  }),
  defineCommand({
    path: "sync push",
    group: "Sync",
    summary: "Send changes to the tracker.",
    gated: false,
    hosted:
      "sends the items of `--items-json`; repeated after it broke off, it continues and does nothing twice.",
    local: "sends what was changed here since the last sync, field by field.",
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
    options: (kit, hosted) =>
      kit.object("Options", {
        itemsJson: hosted
          ? kit.textValue(
            "--items-json",
            "FILE",
            "Hosted providers: JSON array of items to send; `-` reads standard input. An item has a `ref`, " +
              "an `action` (create, update, transition) and a `patch`. A transition has a " +
              "`target_status` (todo, in_progress, in_review, blocked, done, canceled): `done` closes an issue.",
          )
          : kit.map(kit.constant(null), () => undefined),
        dryRun: kit.flag(["--dry-run"], "Print what would be sent, send nothing."),
        retry: kit.flag(["--retry"], RETRY),
      }),
    load: () => import("./sync/push_run.ts"),
  }),
  defineCommand({
    path: "sync run",
    group: "Sync",
    summary: "Run a full sync: pull, then push.",
    gated: false,
    hosted:
      "the host syncs with the tracker, then all that is new is fetched; Ctrl-C stops waiting, not the host.",
    local: "pulls, merges and pushes here.",
    examples: ["tracker sync run", "tracker sync run --json"],
    readiness: { binding: true, reachability: true },
    options: (kit, hosted) =>
      kit.object("Options", {
        limit: kit.value(
          "--limit",
          kit.count(),
          hosted
            ? "Sync at most N issues, and say if there are more; everything unless given."
            : "Sync at most N issues.",
        ),
        pushOnly: hosted
          ? kit.flag(["--no-pull"], "Hosted providers: pull nothing, neither at the host nor here.")
          : kit.map(kit.constant(null), () => false),
        dryRun: kit.flag(["--dry-run"], "Local providers: show what would change, change nothing."),
        retry: kit.flag(["--retry"], RETRY),
      }),
    load: () => import("./sync/run_run.ts"),
  }),
  defineCommand({
    path: "sync wait",
    group: "Sync",
    summary: "Wait for an operation that goes on at the host, and show its result.",
    gated: true,
    examples: [
      "tracker sync wait 0b0e7c1e-5c1f-4f0e-9a56-0c2a4c7d9b11",
      "tracker sync wait 0b0e7c1e-5c1f-4f0e-9a56-0c2a4c7d9b11 --json",
    ],
    readiness: { binding: true, reachability: true },
    missing: "Name the operation: `tracker sync wait ID`.",
    options: (kit) =>
      kit.object("Options", {
        id: kit.argument(kit.named("ID"), { description: kit.text("Id of the operation.") }),
      }),
    load: () => import("./sync/wait_run.ts"),
  }),
];
