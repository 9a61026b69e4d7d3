import { object } from "@optique/core/constructs";
import type { DocEntry } from "@optique/core/doc";
import { formatMessage } from "@optique/core/message";
import { getDocPage, type Parser } from "@optique/core/parser";
import { formatUsage, formatUsageTerm } from "@optique/core/usage";
import { type Command, HELP_GROUPS } from "./command.ts";
import { globalOptions } from "./grammar/globals.ts";
import * as kit from "./grammar/kit.ts";
import { VERSION } from "./version.ts";

/** The manual page of the program, as source for `man` (roff with the `man` macros). */
export function manualPage(commands: readonly Command[], hosted: boolean): string {
  const lines = [
    `.TH TRACKER 1 "" "tracker ${VERSION}" "User Commands"`,
    ".SH NAME",
    "tracker \\- bind a repository to an issue tracker and keep work packages in sync",
    ".SH SYNOPSIS",
    ".B tracker",
    "[\\fIglobal options\\fR] \\fIcommand\\fR [\\fIoptions\\fR]",
  ];
  for (const group of HELP_GROUPS) {
    const members = commands.filter((command) => command.group === group);
    if (members.length === 0) continue;
    lines.push(`.SH ${group.toUpperCase()}`);
    for (const command of members) lines.push(...section(command, hosted));
  }
  lines.push(".SH GLOBAL OPTIONS", "Accepted anywhere on the line.", ...options(globalOptions()));
  lines.push(
    ".SH EXIT STATUS",
    ...tagged("0", "Done; also a question that was answered with no."),
    ...tagged("1", "Failed, or not ready."),
    ...tagged("2", "Wrong usage."),
    ...tagged("130", "Interrupted."),
    ".SH ENVIRONMENT",
    ...environment(hosted).flatMap(([name, meaning]) => tagged(name, meaning)),
    ".SH FILES",
    ...tagged(".kittify/config.yaml", "The project: its identity and its binding."),
    ...tagged("~/.spec\\-kitty/", "The user: settings, cache and all else that is kept."),
  );
  return `${lines.join("\n")}\n`;
}

function section(command: Command, hosted: boolean): string[] {
  const grammar = command.grammar(kit, hosted);
  const usage = formatUsage(`tracker ${command.path}`, grammar.usage, { colors: false });
  const lines = [`.SS ${roff(usage)}`, roff(command.summary)];
  if (hosted && command.hosted !== undefined) {
    lines.push(".PP", roff(`Hosted providers: ${command.hosted}`));
  }
  if (command.local !== undefined) lines.push(".PP", roff(`Local providers: ${command.local}`));
  lines.push(...options(grammar), ".PP", "Examples:", ".nf");
  for (const example of command.examples) lines.push(`    ${roff(example)}`);
  return [...lines, ".fi"];
}

function options(grammar: Parser<"sync", unknown, unknown>): string[] {
  const page = getDocPage(object({ grammar }), []);
  const entries = page?.sections.flatMap((part) => part.entries) ?? [];
  return entries.flatMap((entry: DocEntry) =>
    tagged(
      formatUsageTerm(entry.term, { colors: false, optionsSeparator: ", " }),
      entry.description === undefined
        ? ""
        : formatMessage(entry.description, { colors: false, quotes: false }),
    )
  );
}

function environment(hosted: boolean): readonly (readonly [string, string])[] {
  const always = [
    ["NO_COLOR", "No colour, when not empty."],
    ["FORCE_COLOR", "Colour even into a pipe, when not empty and not 0."],
    ["SPEC_KITTY_HOME", "Directory of the user's files instead of ~/.spec\\-kitty."],
  ] as const;
  if (!hosted) return always;
  return [
    ...always,
    ["SPEC_KITTY_ENABLE_SAAS_SYNC", "Hosted sync is on for 1, true, yes and on."],
    ["SPEC_KITTY_SAAS_URL", "The host, before the setting sync.server_url."],
    ["TRACKER_TOKEN", "An access token, instead of a session."],
    ["TRACKER_TEAM", "The team that TRACKER_TOKEN works in."],
  ];
}

function tagged(term: string, meaning: string): string[] {
  return [".TP", `\\fB${roff(term)}\\fR`, roff(meaning)];
}

function roff(text: string): string {
  const escaped = text.replace(/\\(?![-f])/g, "\\e").replace(/(?<!\\)-/g, "\\-");
  return /^[.']/.test(escaped) ? `\\&${escaped}` : escaped;
}
