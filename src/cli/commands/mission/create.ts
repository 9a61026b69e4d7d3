import { CHANGE_PROJECT } from "../../command/access.ts";
import { defineCommand } from "../../command/command.ts";
import { branchFlags } from "./branch_flags.ts";

/** The command `tracker mission create`. */
export const command = defineCommand({
  path: "mission create",
  group: "Missions",
  summary: "Create a mission: name it, write its files, commit only these.",
  gated: false,
  examples: [
    "tracker mission create fix-search",
    "tracker mission create fix-search --no-commit",
    "tracker mission create fix-search --form identified --branch",
  ],
  readiness: "none",
  permissions: [...CHANGE_PROJECT, "run git", "sys hostname"],
  missing: "Name the mission: `tracker mission create SLUG`",
  options: (kit) =>
    kit.object("Options", {
      slug: kit.argument(kit.named("SLUG"), {
        description: kit.text("Its name in kebab-case, such as `fix-search`."),
      }),
      form: kit.optional(
        kit.option("--form", kit.oneOf("FORM", "form", ["numbered", "identified"]), {
          description: kit.text(
            "Name the directory by a number before SLUG, or by the start of an id after it; " +
              "like the project's newest mission otherwise.",
          ),
        }),
      ),
      ...branchFlags(kit),
      noCommit: kit.flag(["--no-commit"], "Write the files without committing them."),
    }),
  load: () => import("./create_run.ts"),
});
