import { defineCommand } from "../../command/command.ts";

/** The command `tracker events export`. */
export const command = defineCommand({
  path: "events export",
  group: "Background",
  summary: "Print queued events as JSON, one a line; they stay queued.",
  gated: true,
  examples: ["tracker events export > events.jsonl", "tracker events export --parked"],
  readiness: "gate",
  permissions: ["read user"],
  options: (kit) =>
    kit.object("Options", {
      parked: kit.flag(["--parked"], "Only events the host has refused too often."),
    }),
  bare: { parked: false },
  load: () => import("./export_run.ts"),
});
