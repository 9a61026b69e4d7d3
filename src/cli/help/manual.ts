import { type Command, HELP_GROUPS } from "../command/command.ts";
import { type Definition, EXIT_CODES, FILES, manualOf, variables } from "./manual_facts.ts";
import { globalOptionTerms } from "./program.ts";
import { VERSION } from "../version.ts";

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
  lines.push(
    ".SH GLOBAL OPTIONS",
    "Accepted anywhere on the line.",
    ...tagged(globalOptionTerms()),
    ".SH EXIT STATUS",
    ...tagged(EXIT_CODES),
    ".SH ENVIRONMENT",
    ...tagged(variables(hosted)),
    ".SH FILES",
    ...tagged(FILES),
  );
  return `${lines.join("\n")}\n`;
}

function section(command: Command, hosted: boolean): string[] {
  const { usage, summary, classes, options, examples } = manualOf(command, hosted);
  const lines = [`.SS ${roff(usage)}`, roff(summary)];
  for (const [name, words] of classes) lines.push(".PP", roff(`${name}: ${words}`));
  lines.push(...tagged(options), ".PP", "Examples:", ".nf");
  for (const example of examples) lines.push(`    ${roff(example)}`);
  return [...lines, ".fi"];
}

function tagged(definitions: readonly Definition[]): string[] {
  return definitions.flatMap((
    [term, meaning],
  ) => [".TP", `\\fB${roff(term)}\\fR`, roff(meaning)]);
}

/** Text in which roff finds nothing to obey, and hyphens that can be copied. */
function roff(text: string): string {
  const escaped = text.replaceAll("\\", "\\e").replaceAll("-", "\\-").replace(
    /[^\0-\x7f]/gu,
    (letter) => `\\[u${letter.codePointAt(0)?.toString(16).toUpperCase().padStart(4, "0")}]`,
  );
  return /^[.']/.test(escaped) ? `\\&${escaped}` : escaped;
}
