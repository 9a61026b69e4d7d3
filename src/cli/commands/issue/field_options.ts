import type { Parser } from "@optique/core/parser";
import type { IssueType, Priority, Status } from "../../../contract/issue.ts";
import type { Kit } from "../../command/command.ts";

/** What an issue is to hold, as given on the command line. */
export interface IssueFields {
  readonly body: string | undefined;
  readonly bodyFile: string | undefined;
  readonly status: Status | undefined;
  readonly type: IssueType | undefined;
  readonly priority: Priority | undefined;
  readonly assignees: readonly string[];
  readonly assign: readonly string[];
  readonly labels: readonly string[];
  readonly parent: string | undefined;
  readonly links: readonly string[];
  readonly fields: readonly string[];
}

/** The options that say what an issue is to hold. */
export function issueFields(kit: Kit): Parser<"sync", IssueFields, unknown> {
  return kit.object({
    body: kit.textValue("--body", "TEXT", "The body.", kit.anyText("TEXT")),
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
      kit.value("--priority", priorityName(kit), `${kit.listed(PRIORITY_NAMES)}.`),
      (word) => priorityOf(kit, word),
    ),
    assignees: kit.values(
      "--assignee",
      "NAME",
      "Who works on it, `@me` for you. May be repeated; an empty one takes all away.",
      kit.anyText("NAME"),
    ),
    assign: kit.values(
      "--assign",
      "NAME",
      "Assign it to NAME too, `@me` for you, and leave the others. May be repeated.",
    ),
    labels: kit.values(
      "--label",
      "NAME",
      "A label. May be repeated; replaces the labels, an empty one with none.",
      kit.anyText("NAME"),
    ),
    parent: kit.textValue("--parent", "KEY", "The issue it is part of."),
    links: kit.values(
      "--link",
      "K=V",
      "A link such as `blocked_by=bd-7`; also relates_to and duplicates. May be repeated; replaces the links.",
    ),
    fields: kit.values("--field", "K=V", "A custom field. May be repeated."),
  });
}

/** What an issue is to have besides, and no longer. */
export interface MemberFields {
  readonly addLabels: readonly string[];
  readonly removeLabels: readonly string[];
  readonly unassign: readonly string[];
}

/** The options that add single members to what an issue holds, and take them from it. */
export function memberFields(kit: Kit): Parser<"sync", MemberFields, unknown> {
  return kit.object({
    addLabels: kit.values(
      "--add-label",
      "NAME",
      "Add a label, and leave the others. May be repeated.",
    ),
    removeLabels: kit.values("--remove-label", "NAME", "Remove a label. May be repeated."),
    unassign: kit.values(
      "--unassign",
      "NAME",
      "Do not assign it to NAME any more, `@me` for you. May be repeated.",
    ),
  });
}

/** `--priority NAME` of a list, as often as wanted. */
export function priorityFilter(kit: Kit): Parser<"sync", readonly Priority[], unknown> {
  return kit.map(
    kit.multiple(
      kit.option("--priority", priorityName(kit), {
        description: kit.text(
          `Only issues of this priority: ${kit.listed(PRIORITY_NAMES)}. May be repeated.`,
        ),
      }),
    ),
    (words) => words.flatMap((word) => priorityOf(kit, word) ?? []),
  );
}

function priorityName(kit: Kit) {
  return kit.oneOf("NAME", "priority", PRIORITY_NAMES, { normal: "medium" });
}

function priorityOf(kit: Kit, word: string | undefined): Priority | undefined {
  return kit.PRIORITIES.find((priority) => kit.PRIORITY_WORDS[priority] === word);
}

const PRIORITY_NAMES = ["urgent", "high", "medium", "low", "none"] as const;
