import { USE_SESSION } from "../../command/access.ts";
import { defineCommand, WITHOUT_OPTIONS } from "../../command/command.ts";

/** The command `tracker auth token`. */
export const command = defineCommand({
  path: "auth token",
  group: "Set up",
  summary: "Print a fresh access token for other programs.",
  gated: true,
  examples: ["tracker auth token", 'curl -H "Authorization: Bearer $(tracker auth token)" …'],
  readiness: { binding: false, reachability: false },
  permissions: USE_SESSION,
  ...WITHOUT_OPTIONS,
  load: () => import("./token_run.ts"),
});
