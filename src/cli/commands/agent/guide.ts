import { defineCommand } from "../../command/command.ts";

/** The forms that the guide is printed in. */
export const GUIDE_FORMATS = ["markdown", "json"] as const;

/** The command `tracker agent guide`. */
export const command = defineCommand({
  path: "agent guide",
  group: "Agents",
  summary: "Print a short guide to this program for coding agents.",
  gated: false,
  examples: ["tracker agent guide", "tracker agent guide --format json"],
  readiness: "none",
  permissions: [],
  options: (kit) =>
    kit.object("Options", {
      format: kit.value(
        "--format",
        kit.oneOf("FORM", "format", GUIDE_FORMATS),
        "How to print it: markdown (the default) or json.",
      ),
    }),
  bare: { format: undefined },
  load: () => import("./guide_run.ts"),
});
