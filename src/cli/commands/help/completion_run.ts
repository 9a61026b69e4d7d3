import { bash, fish, nu, pwsh, type ShellCompletion, zsh } from "@optique/core/completion";
import { isHostedSyncEnabled } from "../../../client/rollout.ts";
import { catalogue } from "../registry.ts";
import { suggestionsFor } from "../../completion/words.ts";
import type { Context } from "../../command/context.ts";
import { multiline } from "../../terminal/text.ts";
import { lookingOnly } from "../../services/looking_only.ts";
import type { SHELLS } from "./completion.ts";

type Shell = typeof SHELLS[number];

const COMPLETIONS: Readonly<Record<Shell, ShellCompletion>> = { bash, zsh, fish, pwsh, nu };

/**
 * Prints the completion script of a shell; with the words of a line, which only that script passes,
 * prints what may come next. The second never fails, never writes to standard error and changes nothing:
 * it runs while someone types.
 */
export async function run(
  context: Context,
  options: { readonly shell: Shell; readonly words: readonly string[] },
): Promise<number> {
  const completion = COMPLETIONS[options.shell];
  const [first, ...rest] = options.words;
  if (first === undefined) {
    // What follows `--` is data: the words of the line, whatever they look like.
    const script = completion.generateScript("tracker", ["completion", options.shell, "--"]);
    if (context.globals.json) context.output.json({ shell: options.shell, script: `${script}\n` });
    else context.output.result(multiline(script));
    return 0;
  }
  try {
    const hosted = isHostedSyncEnabled(context.platform.env);
    const suggestions = await suggestionsFor([first, ...rest], await catalogue(hosted), hosted, {
      platform: lookingOnly(context.platform),
    });
    // A shell reads them, zsh with a NUL between two; their words are sanitized where they are suggested.
    const { stdout } = context.platform.terminal;
    for (const chunk of completion.encodeSuggestions(suggestions)) stdout.write(chunk);
  } catch {
    // Nothing to suggest.
  }
  return 0;
}
