import { ISSUE_TYPES, PRIORITY_WORDS, STATUSES } from "../../../contract/issue.ts";
import { usageError } from "../../../platform/tracker_error.ts";
import { LIST } from "./list_tool.ts";
import type { Arguments, Parameter, Parameters } from "./parameters.ts";
import { option, options, type Tool } from "./tool.ts";

/** Most that a page starts after: a command reads all that come before it. */
const LAST_FROM = 1_000;

const KEY: Parameter = {
  kind: "text",
  max: 200,
  required: true,
  description: "Key of the issue, such as WEB-12 or bd-12.",
};

const FROM: Parameter = {
  kind: "number",
  min: 0,
  max: LAST_FROM,
  description: "Skip so many: the `next` of the page before.",
};

const BODY_LENGTH = 65_536;

/** The fields that create and edit share. */
const FIELDS: Parameters = {
  body: { kind: "text", max: BODY_LENGTH, description: "The body, as Markdown." },
  status: { kind: "choice", choices: STATUSES, description: "The status." },
  type: { kind: "choice", choices: ISSUE_TYPES, description: "The type." },
  priority: { kind: "choice", choices: PRIORITY_WORDS, description: "The priority." },
  assignees: {
    kind: "texts",
    max: 200,
    description: "All assignees, in place of the others; `@me` is the user.",
  },
  labels: { kind: "texts", max: 200, description: "All labels, in place of the others." },
  parent: { kind: "text", max: 200, description: "Key of the parent issue." },
};

/** What `edit` adds and removes one by one. */
const MEMBERS: Parameters = {
  add_labels: { kind: "texts", max: 200, description: "Labels to add." },
  remove_labels: { kind: "texts", max: 200, description: "Labels to remove." },
  assign: { kind: "texts", max: 200, description: "People to add; `@me` is the user." },
  unassign: { kind: "texts", max: 200, description: "People to remove." },
};

/** Every tool, in the order of a day's work. */
export const TOOLS: readonly Tool[] = [
  {
    name: "status",
    title: "State of the project",
    description:
      "Shows the binding of the project and its sync; with view=waiting the edits that " +
      "wait here and what was refused; with view=conflicts the conflicts to settle.",
    writes: false,
    parameters: {
      view: {
        kind: "choice",
        choices: ["project", "waiting", "conflicts"],
        description: "What to show; project unless given.",
      },
      from: FROM,
    },
    line: (given) => VIEWS[given.text("view") ?? "project"] ?? ["status"],
    paged: (given) =>
      given.text("view") === "conflicts"
        ? { member: "conflicts", kind: "list" }
        : { member: "issues", kind: "list" },
  },
  LIST,
  {
    name: "show",
    title: "Show an issue",
    description: "Shows one cached issue with its body, in parts where that is long; with " +
      "comments=true its comments, for which the tracker is asked.",
    writes: false,
    parameters: {
      key: KEY,
      comments: { kind: "flag", description: "Have the comments." },
      from: {
        ...FROM,
        max: BODY_LENGTH * 16,
        description: "Skip so many characters of the body, or comments: the `next` of the page " +
          "before.",
      },
    },
    line: (given) => [
      "issue",
      "show",
      ...(given.flag("comments") ? ["--comments"] : []),
      "--",
      given.text("key") ?? "",
    ],
    paged: (given) =>
      given.flag("comments")
        ? { member: "comments", kind: "list" }
        : { member: "body", kind: "text" },
  },
  {
    name: "search",
    title: "Search the tracker",
    description: "Searches all issues of a hosted tracker, cached or not, by words or by key. " +
      "A local binding has all of its issues in `list`.",
    writes: false,
    gated: true,
    parameters: {
      text: { kind: "text", max: 500, description: "Words to search for." },
      key: { kind: "text", max: 200, description: "The exact key, instead of words." },
      limit: { kind: "number", min: 1, max: 50, description: "At most so many; 20 unless given." },
      from: { ...FROM, max: 50 },
    },
    line: (given, { from, limit }) => {
      const [text, key] = [given.text("text"), given.text("key")];
      if ((text === undefined) === (key === undefined)) {
        throw usageError(
          "A search takes either `text` or `key`",
          "Call the tool with one of them.",
        );
      }
      const words = text === undefined ? [] : ["--", text];
      return ["issue", "search", `--limit=${from + limit}`, ...option("--key", key), ...words];
    },
    paged: () => ({ member: "candidates", kind: "list" }),
  },
  {
    name: "start_mission",
    title: "Start a mission",
    description: "Starts a mission from a ticket: its files, a commit of them, on request a " +
      "branch, and the ticket in progress and assigned. Call it for a ticket that the user chose.",
    writes: true,
    parameters: {
      ticket: { ...KEY, description: "Key of the ticket." },
      branch: { kind: "flag", description: "Make a branch first." },
      no_commit: { kind: "flag", description: "Leave the new files uncommitted." },
      no_transition: { kind: "flag", description: "Leave the ticket as it is." },
    },
    line: (given) => [
      ...["mission", "start", `--ticket=${given.text("ticket") ?? ""}`, "--yes"],
      ...(given.flag("branch") ? ["--branch"] : []),
      ...(given.flag("no_commit") ? ["--no-commit"] : []),
      ...(given.flag("no_transition") ? ["--no-transition"] : []),
    ],
  },
  {
    name: "create",
    title: "Create an issue",
    description: "Creates an issue on this machine; the next sync with action=push sends it.",
    writes: true,
    parameters: {
      title: { kind: "text", max: 500, required: true, description: "The title." },
      ...FIELDS,
    },
    line: (
      given,
    ) => ["issue", "create", ...option("--title", given.text("title")), ...fields(given)],
  },
  {
    name: "edit",
    title: "Edit an issue",
    description: "Changes fields of an issue on this machine, its status too; the next sync with " +
      "action=push sends the change.",
    writes: true,
    parameters: {
      key: KEY,
      title: { kind: "text", max: 500, description: "The title." },
      ...FIELDS,
      ...MEMBERS,
      clear: {
        kind: "choices",
        choices: ["body", "assignees", "labels", "parent", "links"],
        description: "Fields to empty.",
      },
    },
    line: (given) => [
      "issue",
      "edit",
      ...option("--title", given.text("title")),
      ...fields(given),
      ...options("--add-label", given.texts("add_labels")),
      ...options("--remove-label", given.texts("remove_labels")),
      ...options("--assign", given.texts("assign")),
      ...options("--unassign", given.texts("unassign")),
      ...options("--clear", given.texts("clear")),
      "--",
      given.text("key") ?? "",
    ],
  },
  {
    name: "sync",
    title: "Sync with the tracker",
    description: "Fetches issues (pull), sends what waits here (push), or does both (run). With " +
      "resolve it settles a conflict as the user decides: `conflict` is its id in `status` with " +
      "view=conflicts, `take` the value to keep; push again after it.",
    writes: true,
    parameters: {
      action: {
        kind: "choice",
        choices: ["pull", "push", "run", "resolve"],
        required: true,
        description: "What to do.",
      },
      all: { kind: "flag", description: "Pull every issue." },
      conflict: { kind: "number", min: 1, max: 1e9, description: "Id of the conflict." },
      take: {
        kind: "choice",
        choices: ["ours", "theirs", "base", "both"],
        description: "The value to keep.",
      },
    },
    line: (given) => {
      const action = given.text("action") ?? "";
      const conflict = given.number("conflict");
      if (action !== "resolve") {
        return ["sync", action, ...(given.flag("all") && action === "pull" ? ["--all"] : [])];
      }
      return [
        ...["sync", "conflicts"],
        ...(conflict === undefined ? ["--resolve"] : [`--resolve=${conflict}`]),
        ...option("--take", given.text("take")),
      ];
    },
  },
];

/** Returns the tools there are in the given state of the rollout gate, with or without those that write. */
export function toolsFor(
  { hosted, write }: { readonly hosted: boolean; readonly write: boolean },
): readonly Tool[] {
  return TOOLS.filter((tool) => (hosted || tool.gated !== true) && (write || !tool.writes));
}

const VIEWS: Readonly<Record<string, readonly string[]>> = {
  project: ["status"],
  waiting: ["sync", "status"],
  conflicts: ["sync", "conflicts"],
};

function fields(given: Arguments): string[] {
  return [
    ...option("--body", given.text("body")),
    ...option("--status", given.text("status")),
    ...option("--type", given.text("type")),
    ...option("--priority", given.text("priority")),
    ...options("--assignee", given.texts("assignees")),
    ...options("--label", given.texts("labels")),
    ...option("--parent", given.text("parent")),
  ];
}
