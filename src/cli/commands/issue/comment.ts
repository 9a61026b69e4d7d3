import { ASK_HOST } from "../../command/access.ts";
import { defineCommand } from "../../command/command.ts";

/** The command `tracker issue comment`. */
export const command = defineCommand({
  path: "issue comment",
  group: "Look",
  summary: "Write a comment on an issue; it is sent at once.",
  gated: false,
  hosted: "the host takes it, and delivers it to the tracker.",
  local: "the tool writes it.",
  examples: [
    'tracker issue comment bd-12 "Seen on the start page, too."',
    'tracker issue comment "Fixed on the branch."',
    "tracker issue comment bd-12 - < notes.md",
    "tracker issue comment bd-12 --editor",
  ],
  readiness: { binding: true, reachability: false },
  permissions: [...ASK_HOST, "run tool"],
  completion: { KEY: "issues" },
  options: (kit) =>
    kit.object("Options", {
      key: kit.issueKey(),
      editor: kit.flag(["--editor"], "Write the text in the editor of `VISUAL` or `EDITOR`."),
      words: kit.multiple(
        kit.argument(kit.named("TEXT"), {
          description: kit.text("What to write, in Markdown; `-` reads the input."),
        }),
      ),
    }),
  check: async () => (await import("./comment_run.ts")).check,
  load: () => import("./comment_run.ts"),
});
