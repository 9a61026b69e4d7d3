import { object } from "@optique/core/constructs";
import { withDefault } from "@optique/core/modifiers";
import type { Parser } from "@optique/core/parser";
import { option } from "@optique/core/primitives";
import { choice, string } from "@optique/core/valueparser";
import type { GlobalOptions } from "./context.ts";
import { repeatableFlag, value } from "./flags.ts";
import { GLOBAL_OPTIONS } from "./global_options.ts";
import { text } from "./message.ts";

/** The grammar of the options that every command takes, wherever they stand. Help and version are answered before. */
export function globalOptions(): Parser<"sync", GlobalOptions, unknown> {
  const { repo, json, noInput, yes, color, quiet, verbose } = GLOBAL_OPTIONS;
  return object("Global options", {
    repo: value(...repo.names, string({ metavar: repo.value }), repo.description),
    json: repeatableFlag(json.names, json.description),
    noInput: repeatableFlag(noInput.names, noInput.description),
    yes: repeatableFlag(yes.names, yes.description),
    color: withDefault(
      option(...color.names, choice(color.choices, { metavar: color.value }), {
        description: text(color.description),
      }),
      "auto",
    ),
    quiet: repeatableFlag(quiet.names, quiet.description),
    verbose: repeatableFlag(verbose.names, verbose.description),
  });
}
