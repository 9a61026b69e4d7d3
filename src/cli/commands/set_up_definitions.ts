import type { Parser } from "@optique/core/parser";
import { type Command, defineCommand, type Kit } from "../command/command.ts";

/** `config …`, `doctor`, `providers`. */
export const SET_UP_COMMANDS: readonly Command[] = [
  defineCommand({
    path: "config list",
    group: "Set up",
    summary: "List the settings, their values and where these come from.",
    gated: false,
    examples: ["tracker config list", "tracker config list --json"],
    readiness: "none",
    options: (kit) => kit.object({}),
    bare: {},
    load: () => import("./config/list_run.ts"),
  }),
  defineCommand({
    path: "config get",
    group: "Set up",
    summary: "Print the value of one setting.",
    gated: false,
    examples: [
      "tracker config get sync.background_daemon",
      "tracker config get sync.max_queue_size --json",
    ],
    readiness: "none",
    missing: "Name the setting: `tracker config get KEY`.",
    options: (kit) => kit.object("Options", { key: keyArgument(kit) }),
    load: () => import("./config/get_run.ts"),
  }),
  defineCommand({
    path: "config set",
    group: "Set up",
    summary: "Change a setting.",
    gated: false,
    examples: [
      "tracker config set sync.background_daemon manual",
      "tracker config set sync.max_queue_size 50000",
    ],
    readiness: "none",
    missing: "Name the setting and its value: `tracker config set KEY VALUE`.",
    options: (kit) =>
      kit.object("Options", {
        key: keyArgument(kit),
        value: kit.argument(kit.named("VALUE"), { description: kit.text("The new value.") }),
      }),
    load: () => import("./config/set_run.ts"),
  }),
  defineCommand({
    path: "config unset",
    group: "Set up",
    summary: "Give a setting its default again.",
    gated: false,
    examples: [
      "tracker config unset sync.background_daemon",
      "tracker config unset sync.max_queue_size",
    ],
    readiness: "none",
    missing: "Name the setting: `tracker config unset KEY`.",
    options: (kit) => kit.object("Options", { key: keyArgument(kit) }),
    load: () => import("./config/unset_run.ts"),
  }),
  defineCommand({
    path: "doctor",
    group: "Set up",
    summary: "Check everything tracker depends on, and say what to do.",
    gated: false,
    examples: ["tracker doctor", "tracker doctor --json"],
    readiness: "none",
    options: (kit) => kit.object({}),
    bare: {},
    load: () => import("./doctor/doctor_run.ts"),
  }),
  defineCommand({
    path: "providers",
    group: "Set up",
    summary: "List the trackers a repository can be bound to.",
    gated: false,
    examples: ["tracker providers", "tracker providers --json"],
    readiness: "none",
    options: (kit) => kit.object({}),
    bare: {},
    load: () => import("./providers/providers_run.ts"),
  }),
];

function keyArgument(kit: Kit): Parser<"sync", string, unknown> {
  return kit.argument(kit.named("KEY"), {
    description: kit.text("Name of the setting; `tracker config list` shows them all."),
  });
}
