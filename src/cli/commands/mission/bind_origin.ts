import { CHANGE_PROJECT } from "../../command/access.ts";
import { defineCommand } from "../../command/command.ts";

/** The command `tracker mission bind-origin`. */
export const command = defineCommand({
  path: "mission bind-origin",
  group: "Missions",
  summary: "Bind a mission to the ticket it comes from.",
  gated: true,
  examples: [
    "tracker mission bind-origin 012-fix-search --ticket WEB-12",
    "tracker mission bind-origin fix-search --ticket WEB-12 --yes",
  ],
  readiness: { binding: true, reachability: false },
  permissions: [...CHANGE_PROJECT, "net host", "start daemon"],
  completion: { KEY: "issues", SLUG: "missions" },
  missing: "Name the mission and the ticket: `tracker mission bind-origin SLUG --ticket KEY`",
  options: (kit) =>
    kit.object("Options", {
      slug: kit.argument(kit.named("SLUG"), {
        description: kit.text(
          "The mission: its directory's name, its slug, its number or its id.",
        ),
      }),
      ticket: kit.option("--ticket", kit.named("KEY"), {
        description: kit.text("The ticket's key, such as `WEB-12`."),
      }),
    }),
  load: () => import("./bind_origin_run.ts"),
});
