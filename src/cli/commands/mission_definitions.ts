import { type Command, defineCommand } from "../command/command.ts";

/** `mission …`: missions, and the tickets they start from. */
export const MISSION_COMMANDS: readonly Command[] = [
  defineCommand({
    path: "mission create",
    group: "Missions",
    summary: "Create a mission: name it, write its files, commit just them.",
    gated: false,
    examples: [
      "tracker mission create fix-search",
      "tracker mission create fix-search --no-commit",
      "tracker mission create fix-search --form identified",
    ],
    readiness: "none",
    missing: "Name the mission: `tracker mission create SLUG`.",
    options: (kit) =>
      kit.object("Options", {
        slug: kit.argument(kit.named("SLUG"), {
          description: kit.text("Its name in kebab-case, such as `fix-search`."),
        }),
        form: kit.optional(
          kit.option("--form", kit.oneOf("FORM", "form", ["numbered", "identified"]), {
            description: kit.text(
              "Name the directory by a number before SLUG, or by the start of an id after it; " +
                "like the project's newest mission otherwise.",
            ),
          }),
        ),
        noCommit: kit.flag(["--no-commit"], "Write the files and leave the commit to you."),
      }),
    load: () => import("./mission/create_run.ts"),
  }),
  defineCommand({
    path: "mission list",
    group: "Missions",
    summary: "List the missions of the project and their tickets.",
    gated: false,
    examples: ["tracker mission list", "tracker mission list --json"],
    readiness: "none",
    options: (kit) => kit.object({}),
    load: () => import("./mission/list_run.ts"),
  }),
  defineCommand({
    path: "mission start",
    group: "Missions",
    summary: "Find a ticket and start a mission from it (Jira and Linear).",
    gated: true,
    examples: [
      "tracker mission start login times out",
      "tracker mission start --ticket WEB-12 --yes",
    ],
    readiness: { binding: true, reachability: false },
    options: (kit) =>
      kit.object("Options", {
        query: kit.or(
          kit.object({
            kind: kit.constant("key"),
            key: kit.option("--ticket", kit.named("KEY"), {
              description: kit.text("Start from this ticket; with `--yes` nothing is asked."),
            }),
          }),
          kit.object({
            kind: kit.constant("text"),
            words: kit.multiple(
              kit.argument(kit.named("TEXT"), {
                description: kit.text("Words of the ticket's title or body."),
              }),
            ),
          }),
        ),
        noCommit: kit.flag(["--no-commit"], "Write the files and leave the commit to you."),
      }),
    load: () => import("./mission/start_run.ts"),
  }),
  defineCommand({
    path: "mission bind-origin",
    group: "Missions",
    summary: "Bind a mission to the ticket it comes from (Jira and Linear).",
    gated: true,
    examples: [
      "tracker mission bind-origin 012-fix-search --ticket WEB-12",
      "tracker mission bind-origin fix-search --ticket WEB-12 --yes",
    ],
    readiness: { binding: true, reachability: false },
    missing: "Name the mission and the ticket: `tracker mission bind-origin SLUG --ticket KEY`.",
    options: (kit) =>
      kit.object("Options", {
        slug: kit.argument(kit.named("SLUG"), {
          description: kit.text(
            "The mission: its directory's name, its slug, its number or its id.",
          ),
        }),
        ticket: kit.option("--ticket", kit.named("KEY"), {
          description: kit.text("The ticket's key, such as `WEB-12`."),
        }),
      }),
    load: () => import("./mission/bind_origin_run.ts"),
  }),
];

/** `sync publish`: showing a local project's issues to the team. */
export const PUBLISH_COMMANDS: readonly Command[] = [
  defineCommand({
    path: "sync publish",
    group: "Sync",
    summary: "Send a snapshot of a local project's issues to the host, for the team to see.",
    gated: true,
    hosted: "not available: the host has these issues already.",
    local: "sends the cached issues, the mappings and how far the sync has come.",
    examples: ["tracker sync publish --dry-run", "tracker sync publish"],
    readiness: { binding: true, reachability: true },
    hostedStop: "Snapshot publish is not supported. Use `tracker sync push` instead.",
    options: (kit) =>
      kit.object("Options", {
        dryRun: kit.flag(["--dry-run"], "Print what would be sent, send nothing."),
        authTokenStdin: kit.flag(
          ["--auth-token-stdin"],
          "Read the host's token from standard input instead of using the session.",
        ),
      }),
    load: () => import("./sync/publish_run.ts"),
  }),
];
