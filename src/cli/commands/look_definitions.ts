import { type Command, defineCommand } from "../command/command.ts";

/** `status`, `issue …`, `map …`: looking at what is there. */
export const LOOK_COMMANDS: readonly Command[] = [
  defineCommand({
    path: "status",
    group: "Look",
    summary: "Show the binding and the state of the sync.",
    gated: false,
    hosted: "asks the host; `--all` shows every binding of the installation.",
    local: "reads the local cache only.",
    hostedExamples: ["tracker status --all"],
    examples: ["tracker status", "tracker status --json"],
    readiness: { binding: true, reachability: false },
    options: (kit, hosted) =>
      kit.object("Options", {
        all: hosted
          ? kit.flag(["--all"], "Show the whole installation instead of this project.")
          : kit.constant(false),
      }),
    bare: { all: false },
    load: () => import("./status/status_run.ts"),
  }),
  defineCommand({
    path: "issue list",
    group: "Look",
    summary: "List the cached issues.",
    gated: false,
    examples: ["tracker issue list --status in_progress", "tracker issue list --search timeout"],
    readiness: "none",
    options: (kit) =>
      kit.object("Options", {
        statuses: kit.statusFilter(),
        types: kit.typeFilter(),
        search: kit.textValue("--search", "TEXT", "Only issues whose key, title or body has TEXT."),
        limit: kit.withDefault(
          kit.option("--limit", kit.count(), {
            description: kit.text("Show at most N issues (50)."),
          }),
          50,
        ),
      }),
    bare: { statuses: [], types: [], search: undefined, limit: 50 },
    load: () => import("./issue/list_run.ts"),
  }),
  defineCommand({
    path: "issue show",
    group: "Look",
    summary: "Show one cached issue.",
    gated: false,
    examples: ["tracker issue show WEB-12", "tracker issue show WEB-12 --json"],
    readiness: "none",
    missing: "Name the issue: `tracker issue show KEY`.",
    options: (kit) =>
      kit.object("Options", {
        key: kit.argument(kit.named("KEY"), { description: kit.text("Key or id of the issue.") }),
      }),
    load: () => import("./issue/show_run.ts"),
  }),
  defineCommand({
    path: "issue search",
    group: "Look",
    summary: "Search the bound tracker's issues at the host (Jira and Linear).",
    gated: true,
    examples: ["tracker issue search upload timeout", "tracker issue search --key WEB-12"],
    readiness: { binding: true, reachability: false },
    missing: "Say what to look for: `tracker issue search TEXT`, or `--key KEY`.",
    options: (kit) =>
      kit.object("Options", {
        query: kit.or(
          kit.object({
            kind: kit.constant("key"),
            key: kit.option("--key", kit.named("KEY"), {
              description: kit.text("Look for this exact key."),
            }),
          }),
          kit.object({
            kind: kit.constant("text"),
            words: kit.multiple(
              kit.argument(kit.named("TEXT"), {
                description: kit.text("Words of the title or body."),
              }),
              { min: 1 },
            ),
          }),
        ),
        limit: kit.optional(
          kit.option("--limit", kit.count(), {
            description: kit.text("Show at most N candidates (10)."),
          }),
        ),
      }),
    load: () => import("./issue/search_run.ts"),
  }),
  defineCommand({
    path: "map list",
    group: "Look",
    summary: "List which work package belongs to which issue.",
    gated: false,
    hosted: "shows the mappings the host keeps.",
    local: "shows the mappings made with `tracker map add`.",
    examples: ["tracker map list", "tracker map list --json"],
    readiness: { binding: true, reachability: false },
    options: (kit) => kit.object({}),
    bare: {},
    load: () => import("./map/list_run.ts"),
  }),
  defineCommand({
    path: "map add",
    group: "Look",
    summary: "Connect a work package with an issue.",
    gated: false,
    hosted: "not available: mappings are managed in the dashboard.",
    local: "one issue per work package, no issue twice.",
    examples: [
      "tracker map add --wp-id WP01 --external-id bd-12",
      "tracker map add --wp-id WP02 --external-id bd-14 --external-key bd-14 --json",
    ],
    readiness: { binding: true, reachability: false },
    hostedStop: "Mappings are managed in the dashboard of the host.",
    missing: "Name both sides: `--wp-id WP01 --external-id ID`.",
    options: (kit) =>
      kit.object("Options", {
        wpId: kit.option("--wp-id", kit.named("ID"), {
          description: kit.text("The work package, such as WP01."),
        }),
        externalId: kit.option("--external-id", kit.named("ID"), {
          description: kit.text("The id of the issue in the tracker."),
        }),
        externalKey: kit.value("--external-key", kit.named("KEY"), "The key people know it by."),
        externalUrl: kit.value("--external-url", kit.named("URL"), "Where to look at it."),
      }),
    load: () => import("./map/add_run.ts"),
  }),
];
