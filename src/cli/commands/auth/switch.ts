import { CHANGE_SETTINGS } from "../../command/access.ts";
import { defineCommand } from "../../command/command.ts";

/** The command `tracker auth switch`. */
export const command = defineCommand({
  path: "auth switch",
  group: "Set up",
  summary:
    "Choose which of the hosts you are signed in to is used; `SPEC_KITTY_SAAS_URL`, where set, wins.",
  gated: true,
  examples: [
    "tracker auth switch https://tracker.example.com",
    "tracker auth switch tracker.example.com",
    "tracker auth switch",
  ],
  readiness: "gate",
  permissions: CHANGE_SETTINGS,
  options: (kit) =>
    kit.object("Options", {
      host: kit.optional(kit.argument(kit.named("HOST"), {
        description: kit.text(
          "URL or name of a host that `tracker auth status` lists; left out, you choose at the terminal.",
        ),
      })),
    }),
  bare: { host: undefined },
  load: () => import("./switch_run.ts"),
});
