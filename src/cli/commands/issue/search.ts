import { ASK_HOST } from "../../command/access.ts";
import { defineCommand } from "../../command/command.ts";

/** The command `tracker issue search`. */
export const command = defineCommand({
  path: "issue search",
  group: "Look",
  summary: "Search the bound tracker's issues at the host.",
  gated: true,
  examples: ["tracker issue search upload timeout", "tracker issue search --key WEB-12"],
  readiness: { binding: true, reachability: false },
  only: {
    providers: "hosted",
    instead: "Search what has been pulled: `tracker issue list --search TEXT`.",
  },
  permissions: ASK_HOST,
  completion: { KEY: "issues" },
  missing: "Say what to look for: `tracker issue search TEXT`, or `--key KEY`",
  options: (kit) =>
    kit.object("Options", {
      query: kit.or(
        kit.object({
          kind: kit.constant("key"),
          key: kit.option("--key", kit.named("KEY"), {
            description: kit.text("Look for this exact key."),
          }),
        }),
        kit.object({
          kind: kit.constant("text"),
          words: kit.multiple(
            kit.argument(kit.words("TEXT"), {
              description: kit.text("Words of the title or body."),
            }),
            { min: 1 },
          ),
        }),
      ),
      limit: kit.optional(
        kit.option("--limit", kit.count(), {
          description: kit.text("Show at most N candidates (10)."),
        }),
      ),
      fields: kit.fields(),
    }),
  load: () => import("./search_run.ts"),
});
