import { object, or } from "@optique/core/constructs";
import { multiple, optional, withDefault } from "@optique/core/modifiers";
import { argument, constant, option } from "@optique/core/primitives";
import { ISSUE_TYPES, STATUSES } from "../../contract/issue.ts";
import { type Command, defineCommand } from "../command.ts";
import { flag, named, textValue, value } from "./flags.ts";
import { count, oneOf } from "./values.ts";
import { text } from "./words.ts";

/** `status`, `issue …`, `map …`: looking at what is there. */
export const LOOK_COMMANDS: readonly Command[] = [
  defineCommand({
    path: "status",
    group: "Look",
    summary: "Show the binding and the state of the sync.",
    gated: false,
    hosted: "asks the host; `--all` shows every binding of the installation.",
    local: "reads the local cache only.",
    examples: ["tracker status", "tracker status --json"],
    readiness: { binding: true, reachability: false },
    options: (hosted) =>
      object("Options", {
        all: hosted
          ? flag(["--all"], "Show the whole installation instead of this project.")
          : constant(false),
      }),
    load: () => import("../commands/status.ts"),
  }),
  defineCommand({
    path: "issue list",
    group: "Look",
    summary: "List the cached issues.",
    gated: false,
    examples: ["tracker issue list --status in_progress", "tracker issue list --search timeout"],
    readiness: "none",
    options: () =>
      object("Options", {
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
        search: textValue("--search", "TEXT", "Only issues whose key, title or body has TEXT."),
        limit: withDefault(
          option("--limit", count(), { description: text("Show at most N issues.") }),
          50,
        ),
      }),
    load: () => import("../commands/issue_list.ts"),
  }),
  defineCommand({
    path: "issue show",
    group: "Look",
    summary: "Show one cached issue.",
    gated: false,
    examples: ["tracker issue show WEB-12", "tracker issue show WEB-12 --json"],
    readiness: "none",
    missing: "Name the issue: `tracker issue show KEY`.",
    options: () =>
      object("Options", {
        key: argument(named("KEY"), { description: text("Key or id of the issue.") }),
      }),
    load: () => import("../commands/issue_show.ts"),
  }),
  defineCommand({
    path: "issue search",
    group: "Look",
    summary: "Search the bound tracker's issues at the host.",
    gated: true,
    examples: ["tracker issue search upload timeout", "tracker issue search --key WEB-12"],
    readiness: { binding: true, reachability: false },
    missing: "Say what to look for: `tracker issue search TEXT`, or `--key KEY`.",
    options: () =>
      object("Options", {
        query: or(
          object({
            kind: constant("key"),
            key: option("--key", named("KEY"), { description: text("Look for this exact key.") }),
          }),
          object({
            kind: constant("text"),
            words: multiple(
              argument(named("TEXT"), { description: text("Words of the title or body.") }),
              { min: 1 },
            ),
          }),
        ),
        limit: optional(
          option("--limit", count(), { description: text("Show at most N candidates.") }),
        ),
      }),
    load: () => import("../commands/issue_search.ts"),
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
    options: () => object({}),
    load: () => import("../commands/map_list.ts"),
  }),
  defineCommand({
    path: "map add",
    group: "Look",
    summary: "Connect a work package with an issue.",
    gated: false,
    hosted: "not available: mappings are managed in the dashboard.",
    local: "one issue per work package, no issue twice.",
    examples: ["tracker map add --wp-id WP01 --external-id bd-12"],
    readiness: { binding: true, reachability: false },
    hostedStop: "Mappings are managed in the dashboard of the host.",
    missing: "Name both sides: `--wp-id WP01 --external-id ID`.",
    options: () =>
      object("Options", {
        wpId: option("--wp-id", named("ID"), {
          description: text("The work package, such as WP01."),
        }),
        externalId: option("--external-id", named("ID"), {
          description: text("The id of the issue in the tracker."),
        }),
        externalKey: value("--external-key", named("KEY"), "The key people know it by."),
        externalUrl: value("--external-url", named("URL"), "Where to look at it."),
      }),
    load: () => import("../commands/map_add.ts"),
  }),
];
