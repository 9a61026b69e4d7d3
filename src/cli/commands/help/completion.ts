import { defineCommand } from "../../command/command.ts";

/** The shells there is completion for. */
export const SHELLS = ["bash", "zsh", "fish", "pwsh", "nu"] as const;

/** The command `tracker completion`. */
export const command = defineCommand({
  path: "completion",
  group: "Shell",
  summary: "Print the completion script of a shell.",
  gated: false,
  examples: [
    "tracker completion bash > ~/.local/share/bash-completion/completions/tracker",
    "tracker completion fish > ~/.config/fish/completions/tracker.fish",
  ],
  readiness: "none",
  permissions: [],
  missing: "Name the shell: bash, zsh, fish, pwsh or nu",
  options: (kit) =>
    kit.object("Options", {
      shell: kit.argument(kit.oneOf("SHELL", "shell", SHELLS), {
        description: kit.text("bash, zsh, fish, pwsh or nu."),
      }),
      words: kit.multiple(kit.argument(kit.anyText("TEXT"), { hidden: true })),
    }),
  load: () => import("./completion_run.ts"),
});
