import assert from "node:assert/strict";
import type { Command } from "../../src/cli/command/command.ts";
import { createKit } from "../../src/cli/command/options.ts";
import { parseWords } from "../../src/cli/command/parse.ts";
import { catalogue } from "../../src/cli/commands/registry.ts";
import { commandJson } from "../../src/cli/help/json.ts";

/** Values that may be empty, and what that means. */
const MEANINGFUL: Readonly<Record<string, string>> = {
  "config set VALUE": "every setting checks its own values",
  "issue list TEXT": "no word to look for",
  "issue list --search": "no word to look for",
  "issue list --assignee": "issues of no one",
  "issue create --body": "no body",
  "issue create --assignee": "no one",
  "issue create --label": "no label",
  "issue edit --body": "no body",
  "issue edit --assignee": "takes all away",
  "issue edit --label": "takes all away",
};

/** What a command needs beside an option, where its grammar does not say so. */
const COMPANIONS: Readonly<Record<string, readonly string[]>> = {
  "sync conflicts --take": ["--resolve", "1"],
};

const COMMANDS = await catalogue(true);

for (const blank of ["", " \t"]) {
  Deno.test(`every value of every command refuses ${JSON.stringify(blank)}, unless that means something`, () => {
    let tried = 0;
    const taken = COMMANDS.flatMap((command) =>
      valuesOf(command).filter(({ name, before, after }) => {
        tried++;
        return !before.some((words) => isRefused(command, [...words, blank, ...after], name));
      }).map(({ name }) => `${command.path} ${name}`)
    );
    assert.ok(tried > 250, `the values were found: ${tried}`);
    assert.deepEqual(taken.toSorted(), Object.keys(MEANINGFUL).toSorted());
  });
}

/** Whether a line is a wrong one, because of the value that is named. */
function isRefused(command: Command, line: readonly string[], name: string): boolean {
  const parsed = parseWords(command.grammar(createKit({ hosted: true })), line, undefined);
  return parsed.kind === "fault" && parsed.message.includes(`\`${name}\`: `);
}

/** A value that a command takes. */
interface TakenValue {
  readonly name: string;
  /** Words before it: nothing else, and all that the line needs. */
  readonly before: readonly (readonly string[])[];
  readonly after: readonly string[];
}

function valuesOf(command: Command): readonly TakenValue[] {
  const { arguments: args, options } = commandJson(command, true);
  const filler = args.map(({ choices }) => choices[0] ?? "x");
  const needed = options.filter(({ required }) => required);
  return [
    ...args.map(({ name }, at) => ({
      name,
      before: [filler.slice(0, at)],
      after: filler.slice(at + 1),
    })),
    ...options.filter(({ value }) => value !== null).map(({ names }) => {
      const name = names.at(-1) ?? "";
      const others = needed.filter((one) => !one.names.includes(name))
        .flatMap(({ names, choices }) => [names.at(-1) ?? "", choices[0] ?? "x"]);
      const companions = COMPANIONS[`${command.path} ${name}`] ?? [];
      return { name, before: [[name], [...filler, ...others, ...companions, name]], after: [] };
    }),
  ];
}
