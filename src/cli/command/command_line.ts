import type { Command } from "./command.ts";
import { nearest } from "../../user/nearest.ts";

/** Global options that take a value, so that a reader of raw words can step over it. */
const GLOBAL_OPTIONS_WITH_VALUE: readonly string[] = ["--repo", "--color"];

/** Every global option by its long name. */
const GLOBAL_OPTIONS: readonly string[] = [
  ...GLOBAL_OPTIONS_WITH_VALUE,
  "--json",
  "--no-input",
  "--yes",
  "--quiet",
  "--verbose",
  "--help",
  "--version",
];

/** Which command a line names. */
export type Located =
  /** A command and the words that are left for its grammar. */
  | { readonly kind: "command"; readonly command: Command; readonly rest: readonly string[] }
  /** The name of a group, such as `sync`, alone. */
  | { readonly kind: "group"; readonly name: string }
  /** No command at all. */
  | { readonly kind: "none" }
  /** A word that names nothing, the nearest that does, and the words before it. */
  | {
    readonly kind: "unknown";
    readonly given: string;
    readonly nearest: string | null;
    readonly before: readonly string[];
  };

/** Finds the command that a line names; global options may stand before and between its words. */
export function locate(commands: readonly Command[], args: readonly string[]): Located {
  const name: string[] = [];
  const rest: string[] = [];
  let index = 0;
  for (; index < args.length; index++) {
    const word = args[index] ?? "";
    if (word === "--") break;
    if (word.startsWith("-")) {
      rest.push(word);
      if (GLOBAL_OPTIONS_WITH_VALUE.includes(word) && args[index + 1] !== undefined) {
        rest.push(args[++index] ?? "");
      }
      continue;
    }
    const longer = [...name, word].join(" ");
    if (!commands.some((command) => `${command.path} `.startsWith(`${longer} `))) break;
    name.push(word);
    const found = commands.find((command) => command.path === longer);
    if (found !== undefined) {
      return { kind: "command", command: found, rest: [...rest, ...args.slice(index + 1)] };
    }
  }
  const stray = args[index];
  const group = name.join(" ");
  if (stray === undefined || stray === "--") {
    return group === "" ? { kind: "none" } : { kind: "group", name: group };
  }
  const given = group === "" ? stray : `${group} ${stray}`;
  const names = group === "" ? [...everyName(commands), "--version"] : everyName(commands);
  return { kind: "unknown", given, nearest: nearest(given, names), before: args.slice(0, index) };
}

/**
 * The first option among words, before any command, that not every line takes, and the one that was most likely meant;
 * `null` where there is none. For lines that name no command: the others have their grammar.
 */
export function strayOption(
  words: readonly string[],
): { readonly given: string; readonly nearest: string | null } | null {
  const given = words.map((word) => word.replace(/=.*/s, ""))
    .find((word) => /^-./.test(word) && !isGlobalOption(word));
  return given === undefined ? null : { given, nearest: nearest(given, GLOBAL_OPTIONS) };
}

function isGlobalOption(word: string): boolean {
  return GLOBAL_OPTIONS.includes(word) || /^-[yqvhV]+$/.test(word);
}

/** The commands of a group, such as `sync`. */
export function commandsOf(commands: readonly Command[], group: string): readonly Command[] {
  return commands.filter((command) => command.path.startsWith(`${group} `));
}

function everyName(commands: readonly Command[]): string[] {
  const names = new Set<string>();
  for (const { path } of commands) {
    const words = path.split(" ");
    for (let length = 1; length <= words.length; length++) {
      names.add(words.slice(0, length).join(" "));
    }
  }
  return [...names];
}
