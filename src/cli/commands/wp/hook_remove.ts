import { defineCommand } from "../../command/command.ts";

/** The command `tracker wp hook remove`. */
export const command = defineCommand({
  path: "wp hook remove",
  group: "Missions",
  summary: "Take what `wp hook install` added out of the hooks of git.",
  gated: false,
  examples: ["tracker wp hook remove", "tracker wp hook remove --json"],
  readiness: "none",
  permissions: ["read project", "write project", "run git"],
  options: (kit) => kit.object({}),
  load: () => import("./hook_remove_run.ts"),
});
