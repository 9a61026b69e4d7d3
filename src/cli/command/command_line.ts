import type { GlobalOptions } from "./context.ts";
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
export interface LineOptions extends GlobalOptions {
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
  const given = (key: GlobalOptionKey) => tokens.some((token) => gives(token, key));
  const color = valueIn(tokens, "color");
  return {
    repo: valueIn(tokens, "repo") ?? undefined,
    json: given("json"),
    noInput: given("noInput"),
    yes: given("yes"),
    color: GLOBAL_OPTIONS.color.choices.find((mode) => mode === color) ?? "auto",
    quiet: given("quiet"),
    verbose: given("verbose"),
    help: given("help"),
    version: given("version"),
  };
}

/**
 * Returns the options of words that are nothing but global options, which spares loading the grammar; `null` where the
 * grammar has to judge them.
 */
export function globalsAlone(args: readonly string[]): GlobalOptions | null {
  const tokens = tokenize(args);
  const withValue = tokens.flatMap((token) =>
    token.kind === "option" && GLOBAL_WITH_VALUE.has(token.names[0] ?? "") ? [token.names[0]] : []
  );
  const isPlain = (token: Token) =>
    token.kind === "option" && isGlobalOption(token) &&
    (token.value !== null) === GLOBAL_WITH_VALUE.has(token.names[0] ?? "");
  const { help: _help, version: _version, ...globals } = lineOptions(tokens);
  const isWhole = tokens.every(isPlain) && new Set(withValue).size === withValue.length &&
    (valueIn(tokens, "color") ?? globals.color) === globals.color;
  return isWhole ? globals : null;
}

/** Words that are one flag, if any, and global options. */
export interface FlagAlone {
  /** As it is written; `null` where there are global options only. */
  readonly flag: string | null;
  readonly globals: GlobalOptions;
}

/** Returns what words say that are at most one of these flags, beside global options; `null` where they are more. */
export function flagAlone(
  args: readonly string[],
  flags: readonly string[],
): FlagAlone | null {
  const tokens = tokenize(args);
  const isFlag = (token: Token) =>
    token.kind === "option" && token.value === null && flags.includes(token.words[0] ?? "");
  const given = tokens.filter(isFlag).flatMap(({ words }) => words);
  const globals = globalsAlone(wordsOf(tokens.filter((token) => !isFlag(token))));
  return given.length > 1 || globals === null ? null : { flag: given[0] ?? null, globals };
}

/** Whether a part of a line is global options only. */
export function isGlobalOption(token: Token): boolean {
  return token.kind === "option" && token.names.every((name) => GLOBAL_NAMES.has(name));
}

function valueIn(tokens: readonly Token[], key: GlobalOptionKey): string | null {
  const token = tokens.find((one) => gives(one, key));
  return token?.kind === "option" ? token.value : null;
}

/** Whether a part gives an option. A flag with a value, such as `--help=no`, gives nothing: the grammar refuses it. */
function gives(token: Token, key: GlobalOptionKey): boolean {
  if (token.kind !== "option") return false;
  const names: readonly string[] = GLOBAL_OPTIONS[key].names;
  const isFlag = token.names.every((name) => !GLOBAL_WITH_VALUE.has(name));
  return !(isFlag && token.value !== null) && token.names.some((name) => names.includes(name));
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
