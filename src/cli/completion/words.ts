import { object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { type Suggestion, suggestSync } from "@optique/core/parser";
import { string, type ValueParser } from "@optique/core/valueparser";
import type { Command } from "../command/command.ts";
import { type LiveContext, type LiveValue, liveValues } from "./values.ts";
import type { Metavar } from "../command/flags.ts";
import { globalOptions } from "../command/global_grammar.ts";
import { createKit } from "../command/options.ts";
import { text } from "../command/message.ts";
import { excerpt } from "../terminal/text.ts";
import { lineOptions, scan } from "../command/command_line.ts";
import { locate } from "../command/locate.ts";

/** What may stand in the place of the last word of a line. */
export async function suggestionsFor(
  line: readonly [string, ...string[]],
  commands: readonly Command[],
  hosted: boolean,
  machine: Omit<LiveContext, "prefix" | "repo">,
): Promise<readonly Suggestion[]> {
  const before = line.slice(0, -1);
  const last = line.at(-1) ?? "";
  const tokens = scan(before);
  const found = locate(commands.map(({ path }) => path), tokens);
  switch (found.kind) {
    case "none":
      return [...nextWords(commands, "", last), ...options(before, last)];
    case "group":
      return nextWords(commands, `${found.name} `, last);
    case "unknown":
      return [];
    case "command": {
      const command = commands.find(({ path }) => path === found.path);
      if (command === undefined) return [];
      if (command.path === "help") {
        return nextWords(commands, found.rest.map((word) => `${word} `).join(""), last);
      }
      const context = { ...machine, repo: lineOptions(tokens).repo ?? null, prefix: last };
      const live = await liveValues(command, context);
      const named = (metavar: Metavar) => suggesting(metavar, live.get(metavar));
      const own = command.grammar(createKit({ hosted, named }));
      const given = found.rest;
      return suggestSync(object({ globals: globalOptions(), own }), [
        given[0] ?? last,
        ...tail(given, last),
      ]);
    }
  }
}

function tail(given: readonly string[], last: string): readonly string[] {
  return given.length === 0 ? [] : [...given.slice(1), last];
}

function options(before: readonly string[], last: string): readonly Suggestion[] {
  const [first, ...rest] = [...before, last];
  if (first === undefined) return [];
  return suggestSync(object({ globals: globalOptions() }), [first, ...rest]);
}

/** The words that lead on to a command after those already there. */
function nextWords(
  commands: readonly Command[],
  before: string,
  prefix: string,
): readonly Suggestion[] {
  const words = new Map<string, Suggestion>();
  for (const { path, summary } of commands) {
    if (!path.startsWith(before)) continue;
    const [word = "", ...more] = path.slice(before.length).split(" ");
    if (!word.startsWith(prefix) || words.has(word)) continue;
    const description = more.length === 0 ? text(summary) : text(`${word} …`);
    words.set(word, { kind: "literal", text: word, description });
  }
  return [...words.values()];
}

/** Any text, with the values of this machine as suggestions; files and directories come from the shell. */
function suggesting(
  metavar: Metavar,
  live: readonly LiveValue[] | undefined,
): ValueParser<"sync", string> {
  return {
    ...string({ metavar }),
    *suggest(prefix) {
      if (metavar === "FILE") yield { kind: "file", type: "any", pattern: prefix };
      if (metavar === "DIR") yield { kind: "file", type: "directory", pattern: prefix };
      for (const { text: word, meaning } of live ?? []) {
        // A title from a host must not control the terminal or break the shell's list.
        if (!/^[\w.:/#@+-]+$/.test(word)) continue;
        if (!word.toLowerCase().startsWith(prefix.toLowerCase())) continue;
        yield meaning === null ? { kind: "literal", text: word } : {
          kind: "literal",
          text: word,
          description: message`${excerpt(meaning.replace(/\s+/g, " ").trim(), MEANING_LENGTH)}`,
        };
      }
    },
  };
}

const MEANING_LENGTH = 60;
