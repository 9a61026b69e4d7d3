import { SORT_FIELDS } from "../../../store/sort_fields.ts";
import { READ_STATE } from "../../command/access.ts";
import { defineCommand } from "../../command/command.ts";
import { priorityFilter } from "./field_options.ts";

/** The command `tracker issue list`. */
export const command = defineCommand({
  path: "issue list",
  group: "Look",
  summary: "List the cached issues.",
  gated: false,
  examples: [
    "tracker issue list --mine --status in_progress",
    "tracker issue list timeout --sort priority",
    "tracker issue list --updated 7d --label api --json --fields key,title",
  ],
  readiness: "none",
  permissions: READ_STATE,
  completion: { KEY: "issues" },
  options: (kit) =>
    kit.object("Options", {
      words: kit.multiple(
        kit.argument(kit.words("TEXT", kit.anyText("TEXT")), {
          description: kit.text("Only issues whose key, title or body has these words."),
        }),
      ),
      search: kit.textValue(
        "--search",
        "TEXT",
        "Words to look for, as TEXT.",
        kit.anyText("TEXT"),
      ),
      mine: kit.flag(["--mine"], "Only issues that are assigned to you."),
      assignees: kit.values(
        "--assignee",
        "NAME",
        "Only issues assigned to NAME; `@me` for yours, `''` for those of no one. May be repeated.",
        kit.anyText("NAME"),
      ),
      statuses: kit.statusFilter(),
      types: kit.typeFilter(),
      priorities: priorityFilter(kit),
      labels: kit.values(
        "--label",
        "NAME",
        "Only issues with this label; with all of them, where repeated.",
      ),
      parent: kit.textValue("--parent", "KEY", "Only parts of this issue."),
      updated: kit.value(
        "--updated",
        kit.pastTime(),
        "Only issues changed since then: `12h`, `7d`, `2w`, a date, or a date and time.",
      ),
      sort: kit.value(
        "--sort",
        kit.sortOrder(SORT_FIELDS),
        "By key, title, status, priority, updated or created; `:desc` after it for the reverse (`updated:desc`).",
      ),
      limit: kit.value("--limit", kit.count(), "Show at most N issues (50)."),
      all: kit.flag(["--all"], "Show all of them."),
      after: kit.textValue("--after", "MARK", "Continue after the `next` of the page before."),
      fields: kit.fields(),
      web: kit.flag(
        ["--web"],
        "Open the tracker's own list in the browser, narrowed down as far as its address can.",
      ),
    }),
  bare: {
    words: [],
    search: undefined,
    mine: false,
    assignees: [],
    statuses: [],
    types: [],
    priorities: [],
    labels: [],
    parent: undefined,
    updated: undefined,
    sort: undefined,
    limit: undefined,
    all: false,
    after: undefined,
    fields: undefined,
    web: false,
  },
  check: async () => (await import("./list_run.ts")).check,
  load: () => import("./list_run.ts"),
});
