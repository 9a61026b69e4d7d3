import { object } from "@optique/core/constructs";
import { type DocEntry, formatDocPage } from "@optique/core/doc";
import { getDocPage } from "@optique/core/parser";
import { formatUsage } from "@optique/core/usage";
import { type Command, HELP_GROUPS } from "./command.ts";
import { globalOptions } from "./grammar/globals.ts";
import { text } from "./grammar/words.ts";

/** How wide help is at most, whatever the terminal. */
const WIDEST = 100;

/** The help of the whole program. */
export function programHelp(commands: readonly Command[], columns: number): string {
  const width = Math.min(columns, WIDEST);
  const lines = [
    "Bind a repository to an issue tracker and keep work packages in sync with it.",
    "",
    "Usage: tracker [global options] <command> [options]",
  ];
  for (const group of HELP_GROUPS) {
    const members = commands.filter((command) => command.group === group);
    if (members.length === 0) continue;
    lines.push("", `${group}:`, ...listed(members, width));
  }
  lines.push(
    "",
    "Global options, accepted anywhere:",
    ...definitions(
      [
        ["--repo DIR", "Work in DIR instead of the current directory."],
        ["--json", "Print one JSON document and nothing else."],
        ["--no-input", "Never ask; fail and name the option to use instead."],
        ["-y, --yes", "Answer every question with yes."],
        ["--color WHEN", "Use colour: auto, always or never (also NO_COLOR, FORCE_COLOR)."],
        ["-q, --quiet", "Show no progress and no notices."],
        ["-v, --verbose", "Explain on standard error what is done."],
        ["-h, --help", "Show help."],
        ["-V, --version", "Show the version."],
      ],
      width,
    ),
    "",
    "`tracker help COMMAND` explains a command, `tracker man` prints the manual.",
    "",
  );
  return lines.join("\n");
}

/** The help of a group of commands, such as `sync`. */
export function groupHelp(name: string, members: readonly Command[], columns: number): string {
  return [
    `Usage: tracker ${name} <command> [options]`,
    "",
    ...listed(members, Math.min(columns, WIDEST)),
    "",
    `\`tracker help ${name} COMMAND\` explains one of them.`,
    "",
  ].join("\n");
}

/** The help of one command. */
export function commandHelp(command: Command, hosted: boolean, columns: number): string {
  const width = Math.min(columns, WIDEST);
  const grammar = command.grammar(hosted);
  const page = getDocPage(object({ globals: globalOptions(), own: grammar }), []);
  const sections = page?.sections ?? [];
  const own = sections.filter((section) => section.title !== "Global options");
  const shared = sections.filter((section) => section.title === "Global options");
  const body = formatDocPage("tracker", {
    sections: [...own, ...shared].map((section) => ({
      ...section,
      entries: section.entries.map(withoutQuotes),
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

function withoutQuotes(entry: DocEntry): DocEntry {
  return entry.description === undefined ? { ...entry, description: text("") } : entry;
}

function listed(commands: readonly Command[], width: number): string[] {
  return definitions(commands.map((command) => [command.path, command.summary]), width);
}

function definitions(
  entries: readonly (readonly [term: string, meaning: string])[],
  width: number,
): string[] {
  const indent = 22;
  return entries.flatMap(([term, meaning]) => {
    const [first = "", ...more] = wrap(meaning, Math.max(20, width - indent));
    return [`  ${term.padEnd(indent - 3)} ${first}`, ...more.map((l) => " ".repeat(indent) + l)];
  });
}

function wrap(words: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of words.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return line === "" ? lines : [...lines, line];
}
