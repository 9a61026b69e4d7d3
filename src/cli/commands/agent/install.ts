import { defineCommand } from "../../command/command.ts";

/** The agents that a guide can be written for. */
export const AGENTS = ["claude", "codex", "cursor", "generic"] as const;

/** The command `tracker agent install`. */
export const command = defineCommand({
  path: "agent install",
  group: "Agents",
  summary: "Write the guide for coding agents into the file that an agent reads.",
  gated: false,
  examples: ["tracker agent install", "tracker agent install --for claude"],
  readiness: "none",
  permissions: ["read project", "write project"],
  options: (kit) =>
    kit.object("Options", {
      agent: kit.value(
        "--for",
        kit.oneOf("NAME", "agent", AGENTS),
        "The agent: claude (CLAUDE.md), cursor (.cursor/rules/tracker.mdc), codex or generic " +
          "(AGENTS.md, the default).",
      ),
    }),
  bare: { agent: undefined },
  load: () => import("./install_run.ts"),
});
