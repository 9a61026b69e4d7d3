import { ISSUE_TYPES, PRIORITY_WORDS, STATUSES } from "../../../contract/issue.ts";
import { option, options, type Tool } from "./tool.ts";

/** Members that are long, and seldom what a list is read for. */
const WITHOUT = ["body", "custom_fields", "provider_metadata"];

/** The tool that lists cached issues: the filters of `issue list`. */
export const LIST: Tool = {
  name: "list",
  title: "List issues",
  description: "Lists the cached issues, the latest change first, without their bodies; all " +
    "filters that are given must hold. `fields` chooses the members, such as key, title, body.",
  writes: false,
  parameters: {
    search: { kind: "text", max: 500, description: "Text in the key, title or body." },
    mine: { kind: "flag", description: "Only issues that are assigned to the user." },
    assignees: {
      kind: "texts",
      max: 200,
      description: "Only issues of any of these; an empty text stands for unassigned ones.",
    },
    status: { kind: "choices", choices: STATUSES, description: "Only with these statuses." },
    type: { kind: "choices", choices: ISSUE_TYPES, description: "Only of these types." },
    priority: { kind: "choices", choices: PRIORITY_WORDS, description: "Only of these." },
    labels: { kind: "texts", max: 200, description: "Only issues with each of these labels." },
    parent: { kind: "text", max: 200, description: "Only parts of the issue with this key." },
    updated: {
      kind: "text",
      max: 40,
      description: "Only issues changed since: 12h, 7d, 2w, a date or a time.",
    },
    sort: {
      kind: "text",
      max: 40,
      description: "key, title, status, priority, updated or created, with :desc to turn it " +
        "round; updated:desc unless given.",
    },
    fields: {
      kind: "texts",
      max: 60,
      description: "Members of each issue; key, id and url too.",
    },
    limit: { kind: "number", min: 1, max: 100, description: "At most so many; 20 unless given." },
    after: {
      kind: "text",
      max: 4_000,
      description: "The `next` of the page before, with the same filters and sort.",
    },
  },
  line: (given, { limit }) => {
    const fields = given.texts("fields");
    return [
      ...["issue", "list", `--limit=${limit}`],
      ...option("--search", given.text("search")),
      ...(given.flag("mine") ? ["--mine"] : []),
      ...options("--assignee", given.texts("assignees")),
      ...options("--status", given.texts("status")),
      ...options("--type", given.texts("type")),
      ...options("--priority", given.texts("priority")),
      ...options("--label", given.texts("labels")),
      ...option("--parent", given.text("parent")),
      ...option("--updated", given.text("updated")),
      ...option("--sort", given.text("sort")),
      ...option("--after", given.text("after")),
      ...option("--fields", fields.length === 0 ? undefined : fields.join(",")),
    ];
  },
  paged: (given) => ({
    member: "issues",
    kind: "list",
    without: given.texts("fields").length === 0 ? WITHOUT : [],
    marked: true,
  }),
};
