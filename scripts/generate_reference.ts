/**
 * Writes `docs/reference.md`, `docs/tracker.1` and what the help of the program says of each command from the
 * definitions of the commands: `deno task reference [--check]`.
 */
import { catalogue } from "../src/cli/commands/registry.ts";
import { type Command, HELP_GROUPS } from "../src/cli/command/command.ts";
import { globalOptionTerms } from "../src/cli/help/program.ts";
import { manualPage } from "../src/cli/help/manual.ts";
import {
  type Definition,
  EXIT_CODES,
  FILES,
  manualOf,
  variables,
} from "../src/cli/help/manual_facts.ts";
import { formatMarkdown } from "./format_markdown.ts";

const ROOT = new URL("../", import.meta.url);

if (import.meta.main) {
  if (Deno.args.includes("--check")) {
    const old = await outdatedPages();
    for (const path of old) console.error(`${path} is not current: run \`deno task reference\``);
    Deno.exit(old.length === 0 ? 0 : 1);
  }
  for (const [path, text] of await referencePages()) {
    await Deno.writeTextFile(new URL(path, ROOT), text);
  }
}

/** The generated pages: path and text. */
export async function referencePages(): Promise<
  readonly (readonly [path: string, text: string])[]
> {
  const commands = await catalogue(true);
  return [
    ["docs/reference.md", await formatMarkdown(referencePage(commands))],
    ["docs/tracker.1", manualPage(commands, true)],
    ["src/cli/help/entries.ts", entriesModule(commands)],
  ];
}

/** The generated pages whose file says something else. */
export async function outdatedPages(): Promise<readonly string[]> {
  const old: string[] = [];
  for (const [path, text] of await referencePages()) {
    const kept = await Deno.readTextFile(new URL(path, ROOT)).catch(() => null);
    if (kept !== text) old.push(path);
  }
  return old;
}

/** The commands as data, so that the help of the program loads no definition. */
function entriesModule(commands: readonly Command[]): string {
  const lines = commands.map(({ path, group, gated, summary }) =>
    [path, group, gated ? "hosted" : "always", summary].join(" | ").replace(/[`\\$]/g, "\\$&")
  );
  return [
    "/**",
    " * What the help of the program says of every command, one a line: its words, its heading, whether it is there while the",
    " * rollout gate is off (`always`), and its summary. Written by `deno task reference` from the definitions of the commands.",
    " */",
    "export const ENTRIES = `",
    ...lines,
    "`;",
    "",
  ].join("\n");
}

function referencePage(commands: readonly Command[]): string {
  const groups = HELP_GROUPS.map((group) => commands.filter((one) => one.group === group));
  return [
    "# Reference",
    "",
    "Every command, as `tracker help COMMAND` explains it. Generated from the grammar by",
    "`deno task reference`. Commands marked *hosted* exist only where hosted sync is enabled with",
    "`SPEC_KITTY_ENABLE_SAAS_SYNC=1`.",
    "",
    ...groups.flatMap((members, index) =>
      members.length === 0
        ? []
        : [`## ${HELP_GROUPS[index]}`, "", ...members.flatMap((command) => section(command))]
    ),
    "## Global options",
    "",
    "Accepted anywhere on the line.",
    "",
    ...table(["option", "meaning"], globalOptionTerms()),
    "## Exit codes",
    "",
    ...table(["code", "meaning"], EXIT_CODES),
    "## Variables",
    "",
    ...table(["variable", "meaning"], variables(true)),
    "## Files",
    "",
    ...table(["file", "what"], FILES),
  ].join("\n").trimEnd() + "\n";
}

function section(command: Command): string[] {
  const { usage, summary, classes, options, examples } = manualOf(command, true);
  return [
    `### tracker ${command.path}`,
    "",
    command.gated ? `*hosted* · ${markdown(summary)}` : markdown(summary),
    "",
    "```text",
    usage,
    "```",
    "",
    ...classes.flatMap(([name, words]) => [`- ${name}: ${markdown(words)}`]),
    ...(classes.length === 0 ? [] : [""]),
    ...(options.length === 0 ? [] : table(["option", "meaning"], options)),
    "```text",
    ...examples,
    "```",
    "",
  ];
}

function table(head: Definition, rows: readonly Definition[]): string[] {
  return [
    `| ${head[0]} | ${head[1]} |`,
    "| --- | --- |",
    ...rows.map(([term, meaning]) =>
      `| \`${term.replaceAll("|", "\\|")}\` | ${markdown(meaning)} |`
    ),
    "",
  ];
}

/** Words that Markdown shows as they are, but for what stands between back quotes. */
function markdown(words: string): string {
  return words.split("`").map((part, index) =>
    index % 2 === 1 ? part.replaceAll("|", "\\|") : part.replace(/[*_<>|~]/g, (mark) => `\\${mark}`)
  ).join("`");
}
