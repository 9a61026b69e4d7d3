import { object } from "@optique/core/constructs";
import { type DocEntry, formatDocPage } from "@optique/core/doc";
import { getDocPage } from "@optique/core/parser";
import { formatUsage } from "@optique/core/usage";
import type { Command } from "./command.ts";
import { globalOptions } from "./grammar/globals.ts";
import * as kit from "./grammar/kit.ts";
import { text } from "./grammar/words.ts";
import { WIDEST } from "./help.ts";

/** The help of one command. */
export function commandHelp(command: Command, hosted: boolean, columns: number): string {
  const width = Math.min(columns, WIDEST);
  const grammar = command.grammar(kit, hosted);
  const page = getDocPage(object({ globals: globalOptions(), own: grammar }), []);
  const sections = page?.sections ?? [];
  const own = sections.filter((section) => section.title !== "Global options");
  const shared = sections.filter((section) => section.title === "Global options");
  const body = formatDocPage("tracker", {
    sections: [...own, ...shared].map((section) => ({
      ...section,
      entries: section.entries.map(described),
    })),
  }, { colors: false, maxWidth: width }).replaceAll(/ +$/gm, "");
  const usage = formatUsage(`tracker ${command.path}`, grammar.usage, {
    colors: false,
    maxWidth: width - "Usage: ".length,
  }).replaceAll("\n", `\n${" ".repeat("Usage: ".length)}`);
  return [
    command.summary,
    ...classLines(command, hosted),
    "",
    `Usage: ${usage.trimEnd()}`,
    body.trimEnd() === "" ? "" : `\n${body.trim()}\n`,
    "Examples:",
    ...command.examples.map((example) => `  ${example}`),
    "",
  ].join("\n");
}

function classLines(command: Command, hosted: boolean): string[] {
  const lines: string[] = [];
  if (hosted && command.hosted !== undefined) lines.push(`Hosted providers: ${command.hosted}`);
  if (command.local !== undefined) lines.push(`Local providers: ${command.local}`);
  return lines.length === 0 ? [] : ["", ...lines];
}

function described(entry: DocEntry): DocEntry {
  return entry.description === undefined ? { ...entry, description: text("") } : entry;
}
