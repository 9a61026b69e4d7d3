import { type Command, defineCommand } from "../command/command.ts";

/** The shells there is completion for. */
export const SHELLS = ["bash", "zsh", "fish", "pwsh", "nu"] as const;

/** `completion`, `man`, `help`. */
export const SHELL_COMMANDS: readonly Command[] = [
  defineCommand({
    path: "completion",
    group: "Shell",
    summary: "Print the completion script of a shell.",
    gated: false,
    examples: [
      "tracker completion bash > ~/.local/share/bash-completion/completions/tracker",
      "tracker completion fish > ~/.config/fish/completions/tracker.fish",
    ],
    readiness: "none",
    missing: "Name the shell: bash, zsh, fish, pwsh or nu.",
    options: (kit) =>
      kit.object("Options", {
        shell: kit.argument(kit.oneOf("SHELL", "shell", SHELLS), {
          description: kit.text("bash, zsh, fish, pwsh or nu."),
        }),
        words: kit.multiple(kit.argument(kit.named("TEXT"), { hidden: true })),
      }),
    load: () => import("./help/completion_run.ts"),
  }),
  defineCommand({
    path: "man",
    group: "Shell",
    summary: "Print the manual page.",
    gated: false,
    examples: ["tracker man > tracker.1", "tracker man | man -l -"],
    readiness: "none",
    options: (kit) => kit.object({}),
    bare: {},
    load: () => import("./help/man_run.ts"),
  }),
  defineCommand({
    path: "help",
    group: "Shell",
    summary: "Show the help of a command.",
    gated: false,
    examples: ["tracker help", "tracker help sync pull"],
    readiness: "none",
    options: (kit) =>
      kit.object("Options", {
        words: kit.multiple(
          kit.argument(kit.named("COMMAND"), { description: kit.text("The command to explain.") }),
        ),
      }),
    bare: { words: [] },
    load: () => import("./help/help_run.ts"),
  }),
];
