import { ASK_HOST } from "../../command/access.ts";
import { defineCommand } from "../../command/command.ts";

/** The command `tracker sync wait`. */
export const command = defineCommand({
  path: "sync wait",
  group: "Sync",
  summary: "Wait for an operation that continues at the host, and show its result.",
  gated: true,
  examples: [
    "tracker sync wait 0b0e7c1e-5c1f-4f0e-9a56-0c2a4c7d9b11",
    "tracker sync wait 0b0e7c1e-5c1f-4f0e-9a56-0c2a4c7d9b11 --json",
  ],
  readiness: { binding: true, reachability: true },
  only: {
    providers: "hosted",
    instead: "A local sync has ended when its command has: `tracker status` shows the last one.",
  },
  permissions: ASK_HOST,
  missing: "Name the operation: `tracker sync wait ID`",
  options: (kit) =>
    kit.object("Options", {
      id: kit.argument(kit.named("ID"), { description: kit.text("Id of the operation.") }),
    }),
  load: () => import("./wait_run.ts"),
});
