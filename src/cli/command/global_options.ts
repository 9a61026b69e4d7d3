import { object } from "@optique/core/constructs";
import { withDefault } from "@optique/core/modifiers";
import type { Parser } from "@optique/core/parser";
import { option } from "@optique/core/primitives";
import { choice } from "@optique/core/valueparser";
import type { GlobalOptions } from "./context.ts";
import { repeatableFlag, textValue } from "./flags.ts";
import { text } from "./message.ts";

/** The grammar of the options that every command takes, wherever they stand. */
export function globalOptions(): Parser<"sync", GlobalOptions, unknown> {
  return object("Global options", {
    repo: textValue("--repo", "DIR", "Work in DIR instead of the current directory."),
    json: repeatableFlag(["--json"], "Print one JSON document and nothing else."),
    noInput: repeatableFlag(["--no-input"], "Never ask; fail and name the option to use instead."),
    yes: repeatableFlag(["-y", "--yes"], "Answer every question with yes."),
    color: withDefault(
      option("--color", choice(["auto", "always", "never"], { metavar: "WHEN" }), {
        description: text("Use colour: auto, always or never."),
      }),
      "auto",
    ),
    quiet: repeatableFlag(["-q", "--quiet"], "Show no progress and no notices."),
    verbose: repeatableFlag(["-v", "--verbose"], "Explain on standard error what is done."),
  });
}
