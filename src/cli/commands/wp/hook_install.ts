import { defineCommand } from "../../command/command.ts";

/** The command `tracker wp hook install`. */
export const command = defineCommand({
  path: "wp hook install",
  group: "Missions",
  summary: "Have git push the work packages in the background after commits, merges and checkouts.",
  gated: false,
  examples: ["tracker wp hook install", "tracker wp hook install --json"],
  readiness: "none",
  permissions: ["read project", "write project", "run git"],
  options: (kit) => kit.object({}),
  load: () => import("./hook_install_run.ts"),
});
