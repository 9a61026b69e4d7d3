import { USE_SESSION } from "../../command/access.ts";
import { defineCommand, WITHOUT_OPTIONS } from "../../command/command.ts";

/** The command `tracker events flush`. */
export const command = defineCommand({
  path: "events flush",
  group: "Background",
  summary: "Upload the queued events now.",
  gated: true,
  examples: ["tracker events flush", "tracker events flush --json"],
  readiness: { binding: false, reachability: false },
  permissions: USE_SESSION,
  ...WITHOUT_OPTIONS,
  load: () => import("./flush_run.ts"),
});
