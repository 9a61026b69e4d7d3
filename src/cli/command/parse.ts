import { object } from "@optique/core/constructs";
import { formatMessage } from "@optique/core/message";
import { map } from "@optique/core/modifiers";
import { type Parser, parseSync } from "@optique/core/parser";
import type { GlobalOptions } from "./context.ts";
import { globalOptions } from "./global_grammar.ts";
import { text } from "./message.ts";

/** The end of parsing the words after a command's name. */
export type ParsedWords<T> =
  | { readonly kind: "parsed"; readonly globals: GlobalOptions; readonly own: T }
  | { readonly kind: "fault"; readonly message: string };

/** Parses words with a command's grammar and the global options, and seals the options with `seal`. */
export function parseWords<O, T>(
  grammar: Parser<"sync", O, unknown>,
  seal: (options: O) => T,
  args: readonly string[],
  missing: string | undefined,
): ParsedWords<T> {
  const sealed: Parser<"sync", { readonly value: T }, unknown> = map(
    grammar,
    (options) => ({ value: seal(options) }),
  );
  const whole = object({ globals: globalOptions(), own: sealed }, {
    errors: { endOfInput: text(missing ?? "An option or argument is missing.") },
  });
  const result = parseSync(whole, args);
  if (!result.success) {
    const message = formatMessage(result.error, { colors: false, quotes: true });
    if (missing !== undefined && INCOMPLETE.test(message)) {
      return { kind: "fault", message: missing };
    }
    return { kind: "fault", message: message.replace(QUOTED_OPTION, optionInWords) };
  }
  return { kind: "parsed", globals: result.value.globals, own: result.value.own.value };
}

// With a global option on the line, or half of what is needed, the grammar library says it in words of its own.
const INCOMPLETE =
  /^(?:Expected an? .+, but too few arguments|Missing option .+|No matching option or argument found)\.$/;

// The grammar library quotes an option and its value each by itself: "--limit" "5".
const QUOTED_OPTION = /"(--?[a-z][\w-]*)"(?: "([^"]*)")?/g;

function optionInWords(_whole: string, name: string, value: string | undefined): string {
  return `\`${value === undefined ? name : `${name} ${value}`}\``;
}
