import { longestMatch, object } from "@optique/core/constructs";
import { command as commandWord } from "@optique/core/primitives";
import type { Parser } from "@optique/core/parser";
import type { Command } from "./command.ts";
import { globalOptions } from "./grammar/globals.ts";
import * as kit from "./grammar/kit.ts";
import { text } from "./grammar/words.ts";

/**
 * The grammar of the whole command line, for completion. (A line is parsed with the grammar of its
 * own command alone, which is faster and gives better errors.)
 */
export function wholeGrammar(
  commands: readonly Command[],
  hosted: boolean,
): Parser<"sync", unknown, unknown> {
  return object({ globals: globalOptions(), command: level(commands, hosted, 0) });
}

function level(
  commands: readonly Command[],
  hosted: boolean,
  depth: number,
): Parser<"sync", unknown, unknown> {
  const words = new Map<string, Command[]>();
  for (const command of commands) {
    const word = command.path.split(" ")[depth];
    if (word !== undefined) words.set(word, [...(words.get(word) ?? []), command]);
  }
  const branches = [...words].map(([word, members]) => {
    const [only] = members;
    const leaf = only !== undefined && only.path.split(" ").length === depth + 1;
    return leaf
      ? commandWord(word, only.grammar(kit, hosted), { description: text(only.summary) })
      : commandWord(word, level(members, hosted, depth + 1), {
        description: text(members.map((member) => member.path.split(" ").at(-1)).join(", ")),
      });
  });
  return longestMatch(...branches);
}
