import { object } from "@optique/core/constructs";
import { formatMessage } from "@optique/core/message";
import { map } from "@optique/core/modifiers";
import { type Parser, parseSync } from "@optique/core/parser";
import type { Usage } from "@optique/core/usage";
import { tokenize } from "./command_line.ts";
import type { GlobalOptions } from "./context.ts";
import { globalOptions } from "./global_grammar.ts";
import { text } from "./message.ts";

/** The end of parsing the words after a command's name. */
export type ParsedWords<O> =
  | {
    readonly kind: "parsed";
    readonly globals: GlobalOptions;
    readonly own: O;
    /** The options of the line as they are written, without their values. */
    readonly names: readonly string[];
  }
  | { readonly kind: "fault"; readonly message: string };

/** Parses words with a command's grammar and the global options. */
export function parseWords<O>(
  grammar: Parser<"sync", O, unknown>,
  args: readonly string[],
  missing: string | undefined,
): ParsedWords<O> {
  // In an object of its own, the type of the options stays known.
  const own: Parser<"sync", { readonly value: O }, unknown> = map(grammar, (value) => ({ value }));
  const whole = object({ globals: globalOptions(), own }, {
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
  const names = tokenize(args, new Set(withValue(grammar.usage)))
    .flatMap((token) => token.kind === "option" ? token.names : []);
  const { globals, own: { value } } = result.value;
  return { kind: "parsed", globals, own: value, names };
}

// With a global option on the line, or half of what is needed, the grammar library says it in words of its own.
const INCOMPLETE =
  /^(?:Expected an? .+, but too few arguments|Missing option .+|No matching option or argument found)\.$/;

// The grammar library quotes an option and its value each by itself: "--limit" "5".
const QUOTED_OPTION = /"(--?[a-z][\w-]*)"(?: "([^"]*)")?/g;

function optionInWords(_whole: string, name: string, value: string | undefined): string {
  return `\`${value === undefined ? name : `${name} ${value}`}\``;
}

/** The names of the options that take a value. */
function* withValue(usage: Usage): Generator<string> {
  for (const term of usage) {
    if (term.type === "option" && term.metavar !== undefined) yield* term.names;
    if (term.type === "optional" || term.type === "multiple") yield* withValue(term.terms);
    if (term.type === "exclusive") { for (const terms of term.terms) yield* withValue(terms); }
  }
}
