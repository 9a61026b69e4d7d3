import { object } from "@optique/core/constructs";
import { formatMessage } from "@optique/core/message";
import { getDocPage, type Parser } from "@optique/core/parser";
import { formatUsage, formatUsageTerm } from "@optique/core/usage";
import { examplesOf } from "./command.ts";
import type { Command } from "../command/command.ts";
import { createKit } from "../command/options.ts";

/** A term and what it means. */
export type Definition = readonly [term: string, meaning: string];

/** What a manual says of a command. */
export interface CommandManual {
  readonly usage: string;
  readonly summary: string;
  /** What it does for hosted and for local providers, where it serves both. */
  readonly classes: readonly Definition[];
  readonly options: readonly Definition[];
  readonly examples: readonly string[];
}

/** The exit codes. */
export const EXIT_CODES: readonly Definition[] = [
  ["0", "Done; also a question that was answered with no."],
  ["1", "Failed, or not ready."],
  ["2", "Wrong usage."],
  ["130", "Interrupted."],
];

/** The files that are kept. */
export const FILES: readonly Definition[] = [
  [".kittify/config.yaml", "The project: its identity and its binding."],
  ["kitty-specs/", "The missions of the project."],
  ["~/.spec-kitty/", "The user: settings, sessions, caches and queues."],
];

/** What a manual says of a command in the given state of the rollout gate. */
export function manualOf(command: Command, hosted: boolean): CommandManual {
  const grammar = command.grammar(createKit({ hosted }));
  const classes: Definition[] = [];
  if (hosted && command.hosted !== undefined) classes.push(["Hosted providers", command.hosted]);
  if (command.local !== undefined) classes.push(["Local providers", command.local]);
  return {
    usage: formatUsage(`tracker ${command.path}`, grammar.usage, { colors: false }),
    summary: command.summary,
    classes,
    options: optionsOf(grammar),
    examples: examplesOf(command, hosted),
  };
}

/** Every option and argument of a grammar. */
export function optionsOf(grammar: Parser<"sync", unknown, unknown>): readonly Definition[] {
  const page = getDocPage(object({ grammar }), []);
  const entries = page?.sections.flatMap((part) => part.entries) ?? [];
  return entries.map(({ term, description }) => [
    formatUsageTerm(term, { colors: false, optionsSeparator: ", " }),
    description === undefined ? "" : formatMessage(description, { colors: false, quotes: false }),
  ]);
}

/** The variables that are read in the given state of the rollout gate. */
export function variables(hosted: boolean): readonly Definition[] {
  const always: readonly Definition[] = [
    ["NO_COLOR", "No colour, when not empty."],
    ["FORCE_COLOR", "Colour even into a pipe, when not empty and not 0."],
    ["SPEC_KITTY_HOME", "Directory of the user's files instead of ~/.spec-kitty."],
    ["VISUAL, EDITOR", "The editor that --editor opens; the first one that is set."],
    ["PAGER", "The pager of issue show, less unless set; none when empty."],
    ["LESS", "Options of less; FRX unless set."],
  ];
  if (!hosted) return always;
  return [
    ...always,
    ["SPEC_KITTY_ENABLE_SAAS_SYNC", "Hosted sync is on for 1, true, yes and on."],
    ["SPEC_KITTY_SAAS_URL", "The host, before the setting sync.server_url."],
    ["TRACKER_TOKEN", "An access token, instead of auth.token_command and a session."],
    ["TRACKER_TEAM", "The team that TRACKER_TOKEN or auth.token_command works in."],
  ];
}
