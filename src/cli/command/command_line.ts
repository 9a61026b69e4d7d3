import type { ColorMode } from "../terminal/output.ts";
import { GLOBAL_OPTION_LIST, GLOBAL_OPTIONS, type GlobalOptionKey } from "./global_options.ts";

/** One part of a command line; `words` are the words it was written with. */
export type Token =
  /** A word of a command's name, or an argument. */
  | { readonly kind: "word"; readonly words: readonly [string] }
  /** An option with its value, or flags written as one word, such as `-qv`. */
  | {
    readonly kind: "option";
    readonly names: readonly string[];
    readonly value: string | null;
    readonly words: readonly string[];
  }
  /** The `--` before words that are no options, whatever they look like. */
  | { readonly kind: "terminator"; readonly words: readonly ["--"] };

/** What a line says of the global options, before its command is known. */
export interface LineOptions {
  readonly repo: string | null;
  readonly color: ColorMode;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly help: boolean;
  readonly version: boolean;
}

/** Splits a line into its parts. The words that a shell wants completed are data, whatever they look like. */
export function scan(args: readonly string[]): readonly Token[] {
  const tokens = tokenize(args);
  if (args[0] !== "completion" || tokens.length < 3) return tokens;
  const [command, shell, ...rest] = args;
  // Options of the program alone are meant for the command itself: no shell asks for the end of nothing.
  if (rest[0] === "--" || tokens.slice(2).every(isOwn)) return tokens;
  return tokenize([command, shell ?? "", "--", ...rest]);
}

/** Whether a part after `completion SHELL` is for that command: a shell may want `--version` completed. */
function isOwn(token: Token): boolean {
  return isGlobalOption(token) && !gives(token, "version");
}

/** Splits words into parts; beside the global options, those of `withValue` take the next word as their value. */
export function tokenize(
  args: readonly string[],
  withValue: ReadonlySet<string> = new Set(),
): readonly Token[] {
  const tokens: Token[] = [];
  for (let index = 0; index < args.length; index++) {
    const word = args[index] ?? "";
    if (word === "--") {
      tokens.push({ kind: "terminator", words: ["--"] });
      tokens.push(...args.slice(index + 1).map((data): Token => ({ kind: "word", words: [data] })));
      break;
    }
    if (!/^-./.test(word)) {
      tokens.push({ kind: "word", words: [word] });
      continue;
    }
    const [, name = word, attached] = /^(--[^=]+)=(.*)$/s.exec(word) ?? [];
    const next = args[index + 1];
    const takesNext = withValue.has(name) || GLOBAL_WITH_VALUE.has(name);
    if (attached !== undefined || !takesNext || next === undefined) {
      tokens.push({ kind: "option", names: flagsOf(name), value: attached ?? null, words: [word] });
      continue;
    }
    tokens.push({ kind: "option", names: [name], value: next, words: [word, next] });
    index++;
  }
  return tokens;
}

/** The words of a line again, after `scan`. */
export function wordsOf(tokens: readonly Token[]): readonly string[] {
  return tokens.flatMap<string>(({ words }) => words);
}

/** Reads the global options of a line; a command's grammar is exact, this is what can be known before. */
export function lineOptions(tokens: readonly Token[]): LineOptions {
  const find = (key: GlobalOptionKey) => tokens.find((token) => gives(token, key));
  const value = (key: GlobalOptionKey) => {
    const token = find(key);
    return token?.kind === "option" ? token.value : null;
  };
  const color = value("color");
  return {
    repo: value("repo"),
    color: GLOBAL_OPTIONS.color.choices.find((mode) => mode === color) ?? "auto",
    json: find("json") !== undefined,
    quiet: find("quiet") !== undefined,
    verbose: find("verbose") !== undefined,
    help: find("help") !== undefined,
    version: find("version") !== undefined,
  };
}

/** Whether a part of a line is global options only. */
export function isGlobalOption(token: Token): boolean {
  return token.kind === "option" && token.names.every((name) => GLOBAL_NAMES.has(name));
}

function gives(token: Token, key: GlobalOptionKey): boolean {
  const names: readonly string[] = GLOBAL_OPTIONS[key].names;
  return token.kind === "option" && token.names.some((name) => names.includes(name));
}

/** The names in a word of options: `-qv` gives two flags where each is one that every line takes. */
function flagsOf(word: string): readonly string[] {
  if (!/^-[A-Za-z]{2,}$/.test(word)) return [word];
  const names = [...word.slice(1)].map((letter) => `-${letter}`);
  return names.every((name) => GLOBAL_NAMES.has(name) && !GLOBAL_WITH_VALUE.has(name))
    ? names
    : [word];
}

const GLOBAL_NAMES: ReadonlySet<string> = new Set(
  GLOBAL_OPTION_LIST.flatMap<string>(({ names }) => names),
);

const GLOBAL_WITH_VALUE: ReadonlySet<string> = new Set(
  GLOBAL_OPTION_LIST.filter(({ value }) => value !== undefined)
    .flatMap<string>(({ names }) => names),
);
