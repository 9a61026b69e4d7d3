import { defineCommand } from "../../command/command.ts";

/** The command `tracker daemon run`. */
export const command = defineCommand({
  path: "daemon run",
  group: "Background",
  summary: "Be the background sync, in the foreground.",
  gated: true,
  examples: ["tracker daemon run", "tracker daemon run --verbose"],
  readiness: "gate",
  options: (kit) => kit.object({}),
  bare: {},
  load: () => import("./run_run.ts"),
});
