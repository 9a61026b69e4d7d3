import { object } from "@optique/core/constructs";
import { multiple } from "@optique/core/modifiers";
import { argument } from "@optique/core/primitives";
import { type Command, defineCommand } from "../command.ts";
import { named } from "./flags.ts";
import { oneOf } from "./values.ts";
import { text } from "./words.ts";

/** The shells there is completion for. */
export const SHELLS = ["bash", "zsh", "fish", "pwsh", "nu"] as const;

/** `completion`, `man`, `help`. */
export const SHELL_COMMANDS: readonly Command[] = [
  defineCommand({
    path: "completion",
    group: "Shell",
    summary: "Print the completion script of a shell.",
    gated: false,
    examples: ["tracker completion bash > ~/.local/share/bash-completion/completions/tracker"],
    readiness: "none",
    missing: "Name the shell: bash, zsh, fish, pwsh or nu.",
    options: () =>
      object("Options", {
        shell: argument(oneOf("SHELL", "shell", SHELLS), {
          description: text("bash, zsh, fish, pwsh or nu."),
        }),
        words: multiple(argument(named("TEXT"), { hidden: true })),
      }),
    load: () => import("../commands/completion.ts"),
  }),
  defineCommand({
    path: "man",
    group: "Shell",
    summary: "Print the manual page.",
    gated: false,
    examples: ["tracker man > tracker.1", "tracker man | man -l -"],
    readiness: "none",
    options: () => object({}),
    load: () => import("../commands/man.ts"),
  }),
  defineCommand({
    path: "help",
    group: "Shell",
    summary: "Show the help of a command.",
    gated: false,
    examples: ["tracker help", "tracker help sync pull"],
    readiness: "none",
    options: () =>
      object("Options", {
        words: multiple(
          argument(named("COMMAND"), { description: text("The command to explain.") }),
        ),
      }),
    load: () => import("../commands/help.ts"),
  }),
];
