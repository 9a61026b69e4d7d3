import { object } from "@optique/core/constructs";
import { argument } from "@optique/core/primitives";
import { type Command, defineCommand } from "../command.ts";
import { named } from "./flags.ts";
import { text } from "./words.ts";

/** `config …`, `doctor`, `providers`. */
export const SET_UP_COMMANDS: readonly Command[] = [
  defineCommand({
    path: "config list",
    group: "Set up",
    summary: "List the settings, their values and where these come from.",
    gated: false,
    examples: ["tracker config list", "tracker config list --json"],
    readiness: "none",
    options: () => object({}),
    load: () => import("../commands/config_list.ts"),
  }),
  defineCommand({
    path: "config get",
    group: "Set up",
    summary: "Print the value of one setting.",
    gated: false,
    examples: ["tracker config get sync.background_daemon"],
    readiness: "none",
    missing: "Name the setting: `tracker config get KEY`.",
    options: () => object("Options", { key: keyArgument() }),
    load: () => import("../commands/config_get.ts"),
  }),
  defineCommand({
    path: "config set",
    group: "Set up",
    summary: "Change a setting.",
    gated: false,
    examples: ["tracker config set sync.background_daemon manual"],
    readiness: "none",
    missing: "Name the setting and its value: `tracker config set KEY VALUE`.",
    options: () =>
      object("Options", {
        key: keyArgument(),
        value: argument(named("VALUE"), { description: text("The new value.") }),
      }),
    load: () => import("../commands/config_set.ts"),
  }),
  defineCommand({
    path: "config unset",
    group: "Set up",
    summary: "Give a setting its default again.",
    gated: false,
    examples: ["tracker config unset sync.background_daemon"],
    readiness: "none",
    missing: "Name the setting: `tracker config unset KEY`.",
    options: () => object("Options", { key: keyArgument() }),
    load: () => import("../commands/config_unset.ts"),
  }),
  defineCommand({
    path: "doctor",
    group: "Set up",
    summary: "Check everything tracker depends on, and say what to do.",
    gated: false,
    examples: ["tracker doctor", "tracker doctor --json"],
    readiness: "none",
    options: () => object({}),
    load: () => import("../commands/doctor.ts"),
  }),
  defineCommand({
    path: "providers",
    group: "Set up",
    summary: "List the trackers a repository can be bound to.",
    gated: false,
    examples: ["tracker providers", "tracker providers --json"],
    readiness: "none",
    options: () => object({}),
    load: () => import("../commands/providers.ts"),
  }),
];

function keyArgument() {
  return argument(named("KEY"), { description: text("Name of the setting.") });
}
