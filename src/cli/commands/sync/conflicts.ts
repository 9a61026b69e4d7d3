import { CHANGE_CACHE } from "../../command/access.ts";
import { defineCommand } from "../../command/command.ts";

/** The command `tracker sync conflicts`. */
export const command = defineCommand({
  path: "sync conflicts",
  group: "Sync",
  summary: "List conflicts between this side and the tracker, or settle one.",
  gated: false,
  examples: [
    "tracker sync conflicts",
    "tracker sync conflicts --resolve 3 --take ours",
    "tracker sync conflicts --resolve 4 --take both",
  ],
  readiness: "binding",
  permissions: CHANGE_CACHE,
  completion: { N: "conflicts" },
  missing: "Say whose value to take: `--resolve ID --take ours|theirs|base|both`",
  options: (kit) =>
    kit.object("Options", {
      resolve: kit.optional(kit.object({
        id: kit.option("--resolve", kit.number(), {
          description: kit.text("Settle conflict N."),
        }),
        take: kit.option(
          "--take",
          kit.oneOf("NAME", "side", ["ours", "theirs", "base", "both"]),
          {
            description: kit.text(
              "Which value to keep: ours, theirs, base (the one before) or both (texts, labels and other sets).",
            ),
          },
        ),
      })),
      all: kit.flag(["--all"], "Show settled conflicts too."),
      fields: kit.fields(),
    }),
  bare: { resolve: undefined, all: false, fields: undefined },
  load: () => import("./conflicts_run.ts"),
});
