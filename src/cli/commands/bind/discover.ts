import { ASK_HOST } from "../../command/access.ts";
import { defineCommand } from "../../command/command.ts";
import { providerOption } from "./options.ts";

/** The command `tracker discover`. */
export const command = defineCommand({
  path: "discover",
  group: "Bind",
  summary: "List the resources of a provider that a project can be bound to.",
  gated: true,
  examples: ["tracker discover -p linear", "tracker discover -p jira --json"],
  readiness: { binding: false, reachability: false },
  permissions: ASK_HOST,
  missing: "Name the provider with `--provider PROVIDER`",
  options: (kit) => kit.object("Options", { provider: providerOption(kit), fields: kit.fields() }),
  providerOf: (options) => options.provider,
  load: () => import("./discover_run.ts"),
});
