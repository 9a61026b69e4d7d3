import { defineCommand, WITHOUT_OPTIONS } from "../../command/command.ts";

/** The command `tracker man`. */
export const command = defineCommand({
  path: "man",
  group: "Shell",
  summary: "Print the manual page.",
  gated: false,
  examples: ["tracker man > tracker.1", "tracker man | man -l -"],
  readiness: "none",
  permissions: [],
  ...WITHOUT_OPTIONS,
  load: () => import("./man_run.ts"),
});
