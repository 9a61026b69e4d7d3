import { object, or } from "@optique/core/constructs";
import { map, multiple, withDefault } from "@optique/core/modifiers";
import { argument, constant, flag as required, option } from "@optique/core/primitives";
import { ISSUE_TYPES, STATUSES } from "../../contract/issue.ts";
import { type Command, defineCommand } from "../command.ts";
import { flag, named, textValue, value } from "./flags.ts";
import { count, oneOf, pointInTime } from "./values.ts";
import { text } from "./words.ts";

/** `sync …`: moving issues. */
export const SYNC_COMMANDS: readonly Command[] = [
  defineCommand({
    path: "sync pull",
    group: "Sync",
    summary: "Fetch issues into the local cache.",
    gated: false,
    hosted: "page by page from the host; an interrupted pull resumes.",
    local: "everything that changed since the last pull, merged field by field.",
    examples: ["tracker sync pull", "tracker sync pull --all --since 2026-01-31"],
    readiness: { binding: true, reachability: true },
    options: () =>
      object("Options", {
        amount: withDefault(
          or(
            object({
              kind: constant("some"),
              limit: option("--limit", count(), {
                description: text("Fetch at most N issues (100)."),
              }),
            }),
            object({
              kind: constant("all"),
              all: required("--all", { description: text("Fetch every issue.") }),
            }),
          ),
          { kind: "default" } as const,
        ),
        since: value("--since", pointInTime(), "Only issues changed after TIME."),
        statuses: multiple(
          option("--status", oneOf("STATUS", "status", STATUSES), {
            description: text("Only issues in this status. May be repeated."),
          }),
        ),
        types: multiple(
          option("--type", oneOf("TYPE", "issue type", ISSUE_TYPES), {
            description: text("Only issues of this type. May be repeated."),
          }),
        ),
        dryRun: flag(["--dry-run"], "Local providers: show what would change, change nothing."),
      }),
    load: () => import("../commands/sync_pull.ts"),
  }),
  defineCommand({
    path: "sync push",
    group: "Sync",
    summary: "Send changes to the tracker.",
    gated: false,
    hosted: "sends the items of `--items-json`; a repeat changes nothing twice.",
    local: "sends what was changed here since the last sync, field by field.",
    examples: [
      "tracker sync push --dry-run",
      "tracker sync push --json",
    ],
    readiness: { binding: true, reachability: true },
    options: (hosted) =>
      object("Options", {
        itemsJson: hosted
          ? textValue(
            "--items-json",
            "FILE",
            "Hosted providers: JSON array of items to send; `-` reads standard input.",
          )
          : map(constant(null), () => undefined),
        dryRun: flag(["--dry-run"], "Print what would be sent, send nothing."),
      }),
    load: () => import("../commands/sync_push.ts"),
  }),
  defineCommand({
    path: "sync run",
    group: "Sync",
    summary: "Run a full sync: pull, then push.",
    gated: false,
    hosted: "the host does the work; Ctrl-C stops waiting, not the work.",
    local: "pulls, merges and pushes here.",
    examples: ["tracker sync run", "tracker sync run --json"],
    readiness: { binding: true, reachability: true },
    options: () =>
      object("Options", {
        limit: value("--limit", count(), "Sync at most N issues (100)."),
        pushOnly: flag(["--no-pull"], "Do not pull first."),
        dryRun: flag(["--dry-run"], "Local providers: show what would change, change nothing."),
      }),
    load: () => import("../commands/sync_run.ts"),
  }),
  defineCommand({
    path: "sync wait",
    group: "Sync",
    summary: "Wait for an operation that goes on at the host, and show its result.",
    gated: true,
    examples: ["tracker sync wait 0b0e7c1e-5c1f-4f0e-9a56-0c2a4c7d9b11"],
    readiness: { binding: true, reachability: true },
    missing: "Name the operation: `tracker sync wait ID`.",
    options: () =>
      object("Options", {
        id: argument(named("ID"), { description: text("Id of the operation.") }),
      }),
    load: () => import("../commands/sync_wait.ts"),
  }),
];
