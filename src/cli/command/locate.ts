import { nearest } from "../../user/nearest.ts";
import { isGlobalOption, type Token, wordsOf } from "./command_line.ts";
import { GLOBAL_OPTION_LIST } from "./global_options.ts";
import { otherWord } from "./other_words.ts";

/** Which command a line names. */
export type Located =
  /** The name of a command and the words that are left for its grammar. */
  | { readonly kind: "command"; readonly path: string; readonly rest: readonly string[] }
  /** The name of a group, such as `sync`, alone. */
  | { readonly kind: "group"; readonly name: string }
  /** No command at all. */
  | { readonly kind: "none" }
  /** A word that names nothing, what does that it most likely means, and what stands before it. */
  | {
    readonly kind: "unknown";
    readonly given: string;
    readonly nearest: string | null;
    readonly before: readonly Token[];
  };

/** Finds which of the commands a line names; options may stand before and between the words of its name. */
export function locate(paths: readonly string[], line: readonly Token[]): Located {
  const name: string[] = [];
  const options: Token[] = [];
  let index = 0;
  for (; index < line.length; index++) {
    const token = line[index];
    if (token === undefined || token.kind === "terminator") break;
    if (token.kind === "option") {
      options.push(token);
      continue;
    }
    const longer = [...name, ...token.words].join(" ");
    if (!paths.some((path) => `${path} `.startsWith(`${longer} `))) break;
    name.push(...token.words);
    if (paths.includes(longer)) {
      const rest = wordsOf([...options, ...line.slice(index + 1)]);
      return { kind: "command", path: longer, rest };
    }
  }
  const stray = line[index];
  const group = name.join(" ");
  if (stray === undefined || stray.kind === "terminator") {
    return group === "" ? { kind: "none" } : { kind: "group", name: group };
  }
  const given = [...name, ...stray.words].join(" ");
  const names = group === "" ? [...everyName(paths), "--version"] : everyName(paths);
  return {
    kind: "unknown",
    given,
    nearest: otherWord(given, names) ?? nearest(given, names),
    before: line.slice(0, index),
  };
}

/**
 * Returns the first option before any command that not every line takes, and the one that was most likely meant;
 * `null` where there is none. For lines that name no command: the others have their grammar.
 */
export function strayOption(
  line: readonly Token[],
): { readonly given: string; readonly nearest: string | null } | null {
  for (const token of line) {
    if (token.kind === "terminator") break;
    const [given] = token.kind === "option" && !isGlobalOption(token) ? token.names : [];
    if (given === undefined) continue;
    const names = GLOBAL_OPTION_LIST.flatMap((option) => option.names.slice(-1));
    return { given, nearest: nearest(given, names) };
  }
  return null;
}

function everyName(paths: readonly string[]): string[] {
  const names = new Set<string>();
  for (const path of paths) {
    const words = path.split(" ");
    for (let length = 1; length <= words.length; length++) {
      names.add(words.slice(0, length).join(" "));
    }
  }
  return [...names];
}
