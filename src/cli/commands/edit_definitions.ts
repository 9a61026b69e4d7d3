import type { Parser } from "@optique/core/parser";
import {
  type IssueType,
  PRIORITIES,
  type Priority,
  PRIORITY_WORDS,
  type Status,
} from "../../contract/issue.ts";
import { SYNC_FIELDS } from "../../local/field_names.ts";
import { type Command, defineCommand, type Kit } from "../command/command.ts";

/** What an issue is to hold, as given on the command line. */
export interface IssueFields {
  readonly body: string | undefined;
  readonly bodyFile: string | undefined;
  readonly status: Status | undefined;
  readonly type: IssueType | undefined;
  readonly priority: Priority | undefined;
  readonly assignees: readonly string[];
  readonly labels: readonly string[];
  readonly parent: string | undefined;
  readonly links: readonly string[];
  readonly fields: readonly string[];
}

/** Fields that `issue edit --clear` empties. */
export const CLEARABLE = ["body", "assignees", "labels", "parent", "links"] as const;

const PRIORITY_NAMES = ["urgent", "high", "medium", "low", "none"] as const;

/** `issue create`, `issue edit`, `issue discard`: work on the local side of a local binding. */
export const EDIT_COMMANDS: readonly Command[] = [
  defineCommand({
    path: "issue create",
    group: "Look",
    summary: "Create an issue here; the next push creates it in the tracker (local providers).",
    gated: false,
    examples: [
      'tracker issue create --title "Retry the upload" --type bug --priority high',
      "tracker issue create --title Notes --body-file - < notes.md",
    ],
    readiness: { binding: true, reachability: false },
    hostedStop:
      "Issues of a hosted tracker are made there, or with `tracker sync push --items-json`.",
    missing: "Name the issue: `tracker issue create --title TEXT`.",
    options: (kit) =>
      kit.object("Options", {
        title: kit.option("--title", kit.named("TEXT"), { description: kit.text("The title.") }),
        fields: issueFields(kit),
      }),
    load: () => import("./issue/create_run.ts"),
  }),
  defineCommand({
    path: "issue edit",
    group: "Look",
    summary: "Change an issue here; the next push changes it in the tracker (local providers).",
    gated: false,
    examples: [
      "tracker issue edit bd-12 --status in_progress --assignee mei",
      "tracker issue edit bd-12 --clear labels",
    ],
    readiness: { binding: true, reachability: false },
    hostedStop:
      "Issues of a hosted tracker are changed there, or with `tracker sync push --items-json`.",
    missing: "Name the issue: `tracker issue edit KEY`.",
    options: (kit) =>
      kit.object("Options", {
        key: kit.argument(kit.named("KEY"), { description: kit.text("Key or id of the issue.") }),
        title: kit.textValue("--title", "TEXT", "The new title."),
        fields: issueFields(kit),
        clear: kit.multiple(
          kit.option("--clear", kit.oneOf("NAME", "field", CLEARABLE), {
            description: kit.text("Empty body, assignees, labels, parent or links."),
          }),
        ),
      }),
    load: () => import("./issue/edit_run.ts"),
  }),
  defineCommand({
    path: "issue discard",
    group: "Look",
    summary: "Drop edits made here before they are pushed (local providers).",
    gated: false,
    examples: [
      "tracker issue discard bd-12",
      "tracker issue discard bd-12 --field status --json",
    ],
    readiness: { binding: true, reachability: false },
    hostedStop: "Issues of a hosted tracker are not edited here.",
    missing: "Name the issue: `tracker issue discard KEY`.",
    options: (kit) =>
      kit.object("Options", {
        key: kit.argument(kit.named("KEY"), { description: kit.text("Key or id of the issue.") }),
        fields: kit.multiple(
          kit.option("--field", kit.oneOf("NAME", "field", SYNC_FIELDS), {
            description: kit.text("Only the edit of this field. May be repeated."),
          }),
        ),
      }),
    load: () => import("./issue/discard_run.ts"),
  }),
];

/** `sync conflicts`: what a local sync could not settle by itself. */
export const CONFLICT_COMMANDS: readonly Command[] = [
  defineCommand({
    path: "sync conflicts",
    group: "Sync",
    summary: "List conflicts of a local sync, or settle one.",
    gated: false,
    examples: [
      "tracker sync conflicts",
      "tracker sync conflicts --resolve 3 --take ours",
      "tracker sync conflicts --resolve 4 --take both",
    ],
    readiness: { binding: true, reachability: false },
    hostedStop: "Conflicts of a hosted tracker are settled at the host.",
    missing: "Say whose value to take: `--resolve ID --take ours|theirs|base|both`.",
    options: (kit) =>
      kit.object("Options", {
        resolve: kit.optional(kit.object({
          id: kit.option("--resolve", kit.count(), {
            description: kit.text("Settle conflict N."),
          }),
          take: kit.option(
            "--take",
            kit.oneOf("NAME", "side", ["ours", "theirs", "base", "both"]),
            {
              description: kit.text(
                "Which value to keep: ours, theirs, base (the one before) or both (labels and other sets).",
              ),
            },
          ),
        })),
        all: kit.flag(["--all"], "Show settled conflicts too."),
      }),
    bare: { resolve: undefined, all: false },
    load: () => import("./sync/conflicts_run.ts"),
  }),
];

function issueFields(kit: Kit): Parser<"sync", IssueFields, unknown> {
  return kit.object({
    body: kit.textValue("--body", "TEXT", "The body."),
    bodyFile: kit.textValue("--body-file", "FILE", "Read the body from FILE; `-` reads the input."),
    status: kit.value(
      "--status",
      kit.oneOf("STATUS", "status", kit.STATUSES),
      `${kit.listed(kit.STATUSES)}.`,
    ),
    type: kit.value(
      "--type",
      kit.oneOf("TYPE", "issue type", kit.ISSUE_TYPES),
      `${kit.listed(kit.ISSUE_TYPES)}.`,
    ),
    priority: kit.map(
      kit.value(
        "--priority",
        kit.oneOf("NAME", "priority", PRIORITY_NAMES, { normal: "medium" }),
        `${kit.listed(PRIORITY_NAMES)}.`,
      ),
      (word) => PRIORITIES.find((priority) => PRIORITY_WORDS[priority] === word),
    ),
    assignees: kit.values("--assignee", "NAME", "Who works on it. May be repeated."),
    labels: kit.values("--label", "NAME", "A label. May be repeated; replaces the labels."),
    parent: kit.textValue("--parent", "KEY", "The issue it is part of."),
    links: kit.values(
      "--link",
      "K=V",
      "A link such as `blocked_by=bd-7`; also relates_to and duplicates. May be repeated; replaces the links.",
    ),
    fields: kit.values("--field", "K=V", "A custom field. May be repeated."),
  });
}
