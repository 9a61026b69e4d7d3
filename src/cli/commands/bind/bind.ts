import type { Parser } from "@optique/core/parser";
import { CHANGE_PROJECT } from "../../command/access.ts";
import { defineCommand, type Kit } from "../../command/command.ts";
import type { BindChoice } from "../../../tracker/binding.ts";
import { providerOption } from "./options.ts";

/** The command `tracker bind`. */
export const command = defineCommand({
  path: "bind",
  group: "Bind",
  summary: "Bind this repository to a tracker.",
  gated: false,
  hosted: "finds the resource at the host and saves its binding; asks when there are several.",
  local: "saves the workspace, how to run the tool, and who owns which field.",
  hostedExamples: ["tracker bind -p linear", "tracker bind -p jira --select 2"],
  examples: [
    "tracker bind -p beads --workspace main",
    "tracker bind -p fp --workspace main --doctrine-mode split_ownership",
  ],
  readiness: { binding: false, reachability: false },
  permissions: [...CHANGE_PROJECT, "net host", "sys hostname"],
  missing: "Name the provider with `--provider PROVIDER`",
  options: (kit) =>
    kit.object("Options", {
      provider: providerOption(kit),
      choice: kit.only("hosted", bindChoice(kit)),
      workspace: kit.only(
        "local",
        kit.textValue("--workspace", "WORKSPACE", "Name of the workspace."),
      ),
      credentials: kit.only(
        "local",
        kit.values(
          "--credential",
          "K=V",
          "How to run the tool: `command=bd`, `cwd=DIR`. May be repeated.",
        ),
      ),
      doctrineMode: kit.only(
        "local",
        kit.textValue(
          "--doctrine-mode",
          "MODE",
          "Who owns the fields: external_authoritative, spec_kitty_authoritative or split_ownership.",
        ),
      ),
      fieldOwners: kit.only(
        "local",
        kit.values(
          "--field-owner",
          "FIELD=OWNER",
          "Owner of one field under split_ownership. May be repeated.",
        ),
      ),
      strategy: kit.only(
        "local",
        kit.textValue(
          "--strategy",
          "STRATEGY",
          "How a shared field in conflict is settled: newer_timestamp, external_wins, local_wins or manual_review.",
        ),
      ),
    }),
  providerOf: (options) => options.provider,
  check: async () => (await import("./bind_run.ts")).check,
  load: () => import("./bind_run.ts"),
});

function bindChoice(kit: Kit): Parser<"sync", BindChoice | undefined, unknown> {
  return kit.optional(kit.or(
    kit.object({
      kind: kit.constant("ref"),
      ref: kit.option("--bind-ref", kit.named("REF"), {
        description: kit.text("Bind to this binding reference, after the host has confirmed it."),
      }),
    }),
    kit.object({
      kind: kit.constant("position"),
      position: kit.option("--select", kit.count(), {
        description: kit.text("Bind to row N of what the host proposes, without asking."),
      }),
    }),
  ));
}
