import { type Command, type CommandFacts, HELP_GROUPS } from "../command/command.ts";
import { GLOBAL_OPTION_LIST } from "../command/global_options.ts";

/** How wide help is at most, whatever the terminal. */
export const WIDEST = 100;

/** What the help of the program says of a command. */
export type HelpEntry = Pick<CommandFacts, "path" | "group" | "summary">;

/** An option as the help under `--json` has it. */
export interface OptionJson {
  /** Every way to write it, such as `-y` and `--yes`. */
  readonly names: readonly string[];
  /** What its value is called; `null` for a flag. */
  readonly value: string | null;
  readonly description: string;
}

/** The help of the program or of a group as the one document of `--json`. */
export function commandsJson(commands: readonly HelpEntry[]): {
  readonly commands: readonly HelpEntry[];
  readonly global_options: readonly OptionJson[];
} {
  return {
    commands: commands.map(({ path, group, summary }) => ({ path, group, summary })),
    global_options: globalOptionsJson(),
  };
}

/** The options that every line takes. */
export function globalOptionsJson(): readonly OptionJson[] {
  return GLOBAL_OPTION_LIST.map(({ names, value, description }) => ({
    names,
    value: value ?? null,
    description,
  }));
}

/** The options that every line takes, and what they mean. */
export function globalOptionTerms(): readonly (readonly [term: string, meaning: string])[] {
  return GLOBAL_OPTION_LIST.map(({ names, value, description }) => [
    `${names.join(", ")}${value === undefined ? "" : ` ${value}`}`,
    description,
  ]);
}

/** What most people need of the program, by headings, in the order in which they need it. */
const DAILY: Readonly<Record<string, readonly string[]>> = {
  "Set up once": ["auth login", "bind", "doctor"],
  "Every day": [
    ...["status", "issue list", "issue show", "issue create", "issue edit", "issue close"],
    ...["mission start", "wp list", "sync pull", "sync push", "sync status"],
  ],
};

/** What the program says without a command; fits one screen of 80 columns and 24 rows. */
export function programOverview(commands: readonly HelpEntry[], columns: number): string {
  const width = Math.min(columns, WIDEST);
  const headings = Object.entries(DAILY).flatMap(([heading, paths]) => {
    const members = commands.filter(({ path }) => paths.includes(path))
      .toSorted((a, b) => paths.indexOf(a.path) - paths.indexOf(b.path));
    return [`${heading}:`, ...listed(members.map(inShort), width)];
  });
  return [
    ...INTRODUCTION,
    "",
    ...headings,
    "",
    `\`tracker help\` lists all ${commands.length} commands, \`tracker help COMMAND\` explains one.`,
    "",
  ].join("\n");
}

const INTRODUCTION = [
  "Bind a repository to an issue tracker and keep work packages in sync with it.",
  "",
  "Usage: tracker [global options] <command> [options]",
];

/** The first words of a summary, where they can stand alone. */
function inShort(entry: HelpEntry): HelpEntry {
  const [summary = ""] = entry.summary.split(/[;:]|, and /);
  return { ...entry, summary: summary.endsWith(".") ? summary : `${summary}.` };
}

/** The help of the whole program. */
export function programHelp(commands: readonly HelpEntry[], columns: number): string {
  const width = Math.min(columns, WIDEST);
  const lines = [...INTRODUCTION];
  for (const group of HELP_GROUPS) {
    const members = commands.filter((command) => command.group === group);
    if (members.length === 0) continue;
    lines.push("", `${group}:`, ...listed(members, width));
  }
  lines.push(
    "",
    "Global options, accepted anywhere:",
    ...definitions(globalOptionTerms(), width),
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

function listed(commands: readonly HelpEntry[], width: number): string[] {
  return definitions(commands.map((command) => [command.path, command.summary]), width);
}

function definitions(
  entries: readonly (readonly [term: string, meaning: string])[],
  width: number,
): string[] {
  // A column too wide would leave too little for the words beside it.
  const indent = Math.min(30, Math.max(18, ...entries.map(([term]) => term.length)) + 4);
  return entries.flatMap(([term, meaning]) => {
    const [first = "", ...more] = wrap(meaning, Math.max(20, width - indent));
    return [`  ${term.padEnd(indent - 3)} ${first}`, ...more.map((l) => " ".repeat(indent) + l)];
  });
}

/** Breaks words into lines of at most `width` columns. */
export function wrap(words: string, width: number): string[] {
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
