import { READ_STATE } from "../../command/access.ts";
import { defineCommand } from "../../command/command.ts";

/** The command `tracker dashboard`. */
export const command = defineCommand({
  path: "dashboard",
  group: "Page",
  summary: "Show this project's state on a local web page.",
  gated: false,
  examples: ["tracker dashboard", "tracker dashboard --port 4600 --open"],
  readiness: "none",
  permissions: [...READ_STATE, "net listen"],
  options: (kit) =>
    kit.object("Options", {
      port: kit.optional(
        kit.option("--port", kit.count(), {
          description: kit.text("Port on 127.0.0.1; a free one unless given."),
        }),
      ),
      open: kit.flag(["--open"], "Open the page in the browser."),
    }),
  bare: { port: undefined, open: false },
  check: async () => (await import("./dashboard_run.ts")).check,
  load: () => import("./dashboard_run.ts"),
});
