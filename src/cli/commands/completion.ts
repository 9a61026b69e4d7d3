import { bash, fish, nu, pwsh, type ShellCompletion, zsh } from "@optique/core/completion";
import { suggestSync } from "@optique/core/parser";
import { isHostedSyncEnabled } from "../../hosted/rollout.ts";
import { catalogue } from "../catalogue.ts";
import type { Deps } from "../deps.ts";
import type { SHELLS } from "../grammar/shell.ts";
import { wholeGrammar } from "../whole_grammar.ts";

type Shell = typeof SHELLS[number];

const COMPLETIONS: Readonly<Record<Shell, ShellCompletion>> = { bash, zsh, fish, pwsh, nu };

/**
 * Prints the completion script of a shell; with the words of a line, which only that script passes,
 * prints what may come next.
 */
export function run(
  deps: Deps,
  options: { readonly shell: Shell; readonly words: readonly string[] },
): Promise<number> {
  const completion = COMPLETIONS[options.shell];
  const [first, ...rest] = options.words;
  if (first === undefined) {
    deps.output.raw(`${completion.generateScript("tracker", ["completion", options.shell])}\n`);
    return Promise.resolve(0);
  }
  const hosted = isHostedSyncEnabled(deps.platform.env);
  const suggestions = suggestSync(wholeGrammar(catalogue(hosted), hosted), [first, ...rest]);
  for (const chunk of completion.encodeSuggestions(suggestions)) deps.output.raw(chunk);
  return Promise.resolve(0);
}
