import { SYNC } from "../../command/access.ts";
import { defineCommand } from "../../command/command.ts";

/** The command `tracker mcp`. */
export const command = defineCommand({
  path: "mcp",
  group: "Agents",
  summary: "Serve coding agents over the Model Context Protocol, on standard input and output.",
  gated: false,
  examples: ["tracker mcp", "tracker mcp --write --repo ~/src/web"],
  readiness: "none",
  permissions: [...SYNC, "write project", "run git"],
  options: (kit) =>
    kit.object("Options", {
      write: kit.flag(["--write"], "Have the tools that change something, too."),
    }),
  bare: { write: false },
  load: () => import("./mcp_run.ts"),
});
