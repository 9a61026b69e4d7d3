import { object } from "@optique/core/constructs";
import { type DocEntry, formatDocPage } from "@optique/core/doc";
import { getDocPage } from "@optique/core/parser";
import { formatUsage, type Usage, type UsageTerm } from "@optique/core/usage";
import type { Command } from "../command/command.ts";
import { GLOBAL_OPTION_LIST } from "../command/global_options.ts";
import { createKit } from "../command/options.ts";
import { text } from "../command/message.ts";
import { WIDEST, wrap } from "./program.ts";

/** Rows of a terminal that help may take, so that the prompt below it still stands on the screen. */
const SCREEN_ROWS = 23;

/** The help of one command; where it is longer than a screen the examples come before the options. */
export function commandHelp(command: Command, hosted: boolean, columns: number): string {
  const width = Math.min(columns, WIDEST);
  const grammar = command.grammar(createKit({ hosted }));
  const own = getDocPage(object({ grammar }), [])?.sections ?? [];
  const body = formatDocPage("tracker", {
    sections: own.map((section) => ({
      ...section,
      entries: section.entries.toSorted(argumentFirst).map(described),
    })),
  }, { colors: false, maxWidth: width }).replaceAll(/ +$/gm, "");
  const head = [
    command.summary,
    ...classLines(command, hosted, width),
    "",
    ...usageLines(command, grammar.usage, width),
  ];
  const options = body.trim() === "" ? [] : ["", ...body.trim().split("\n")];
  const globals = ["", ...hanging(GLOBAL_OPTION_LINE, width)];
  const examples = [
    "",
    "Examples:",
    ...examplesOf(command, hosted).map((example) => `  ${example}`),
  ];
  const rows = [head, options, globals, examples].flat()
    .reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / columns)), 0);
  const isLong = rows > SCREEN_ROWS;
  const rest = isLong ? [examples, options, globals] : [options, globals, examples];
  return [...head, ...rest.flat(), ""].join("\n");
}

const GLOBAL_OPTION_LINE = `Global options: ${
  GLOBAL_OPTION_LIST.map(({ names, value }) =>
    `${names.join("/")}${value === undefined ? "" : ` ${value}`}`
  ).join(", ")
}; \`tracker help\` explains them.`;

function argumentFirst(a: DocEntry, b: DocEntry): number {
  return Number(b.term.type === "argument") - Number(a.term.type === "argument");
}

/** The examples of a command that hold in the given state of the gate. */
export function examplesOf(command: Command, hosted: boolean): readonly string[] {
  return hosted ? [...command.hostedExamples ?? [], ...command.examples] : command.examples;
}

function classLines(command: Command, hosted: boolean, width: number): string[] {
  const lines: string[] = [];
  if (hosted && command.hosted !== undefined) lines.push(`Hosted providers: ${command.hosted}`);
  if (command.local !== undefined) lines.push(`Local providers: ${command.local}`);
  return lines.length === 0 ? [] : ["", ...lines.flatMap((line) => hanging(line, width))];
}

/** The usage in one line; what is optional is left to the list below it where it would not fit. */
function usageLines(command: Command, usage: Usage, width: number): string[] {
  return hanging(`Usage: ${usageWithin(command, usage, width - "Usage: ".length)}`, width);
}

/** Returns the usage of a command; `[options]` stands for what is optional where all of it is wider than `width`. */
export function usageWithin(command: Pick<Command, "path">, usage: Usage, width: number): string {
  const name = `tracker ${command.path}`;
  const whole = formatUsage(name, argumentsFirst(usage), { colors: false }).trimEnd();
  if (whole.length <= width) return whole;
  const needed = argumentsFirst(usage).filter((term) => term.type !== "optional" && !isRest(term));
  return `${formatUsage(name, needed, { colors: false }).trimEnd()} [options]`;
}

function argumentsFirst(usage: Usage): Usage {
  const isArgument = (term: UsageTerm): boolean =>
    term.type === "argument" ||
    (term.type === "multiple" || term.type === "optional") && term.terms.some(isArgument);
  return [...usage.filter(isArgument), ...usage.filter((term) => !isArgument(term))];
}

function isRest(term: UsageTerm): boolean {
  return term.type === "multiple" && term.min === 0;
}

function hanging(line: string, width: number): string[] {
  const indent = "    ";
  return wrap(line, width - indent.length)
    .map((part, index) => index === 0 ? part : `${indent}${part}`);
}

function described(entry: DocEntry): DocEntry {
  return entry.description === undefined ? { ...entry, description: text("") } : entry;
}
