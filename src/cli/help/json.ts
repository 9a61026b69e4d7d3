import { object } from "@optique/core/constructs";
import type { DocEntry } from "@optique/core/doc";
import { formatMessage, type Message } from "@optique/core/message";
import { getDocPage } from "@optique/core/parser";
import { formatUsage, type Usage, type UsageTerm } from "@optique/core/usage";
import type { Command } from "../command/command.ts";
import { examplesOf } from "./command.ts";
import { createKit } from "../command/options.ts";
import { globalOptionsJson, type OptionJson } from "./program.ts";

/** What is said of every option and argument of a command. */
interface ValueFacts {
  /** Whether the command needs it, whatever else is given. */
  readonly required: boolean;
  /** Whether it may be given many times, each with a value of its own. */
  readonly repeatable: boolean;
  /** The values it takes; empty where these are not a closed list. */
  readonly choices: readonly string[];
  readonly description: string;
}

/** The help of one command as the one document of `--json`. */
export interface CommandJson {
  readonly path: string;
  readonly group: string;
  readonly summary: string;
  /** What it does for hosted providers, where it serves both classes. */
  readonly hosted: string | null;
  /** What it does for local providers, where it serves both classes. */
  readonly local: string | null;
  readonly usage: string;
  readonly arguments: readonly (ValueFacts & { readonly name: string })[];
  readonly options: readonly (OptionJson & ValueFacts)[];
  readonly examples: readonly string[];
  readonly global_options: readonly OptionJson[];
}

/** Describes a command for a program, from its grammar. */
export function commandJson(command: Command, hosted: boolean): CommandJson {
  const { path, group, summary } = command;
  const grammar = command.grammar(createKit({ hosted }));
  const needs = new Map(needsOf(grammar.usage));
  const page = getDocPage(object({ grammar }), []);
  const entries = page?.sections.flatMap((section) => section.entries) ?? [];
  return {
    path,
    group,
    summary,
    hosted: hosted ? command.hosted ?? null : null,
    local: command.local ?? null,
    usage: formatUsage(`tracker ${path}`, grammar.usage, { colors: false }).trimEnd(),
    arguments: entries.flatMap((entry) =>
      entry.term.type === "argument" ? [{ name: entry.term.metavar, ...factsOf(entry, needs) }] : []
    ),
    options: entries.flatMap((entry) => {
      const { term } = entry;
      if (term.type !== "option") return [];
      return [{ names: term.names, value: term.metavar ?? null, ...factsOf(entry, needs) }];
    }),
    examples: examplesOf(command, hosted),
    global_options: globalOptionsJson(),
  };
}

/** How often a term of a usage line has to and may stand there. */
interface Need {
  readonly required: boolean;
  readonly repeatable: boolean;
}

function factsOf(
  { term, description, choices }: DocEntry,
  needs: ReadonlyMap<string, Need>,
): ValueFacts {
  const { required, repeatable } = needs.get(nameOf(term)) ?? NO_NEED;
  return {
    required,
    repeatable,
    choices: choices === undefined ? [] : wordsIn(choices),
    description: description === undefined
      ? ""
      : formatMessage(description, { colors: false, quotes: false }),
  };
}

const NO_NEED: Need = { required: false, repeatable: false };

function* needsOf(
  usage: Usage,
  need: Need = { required: true, repeatable: false },
): Generator<[string, Need]> {
  for (const term of usage) {
    switch (term.type) {
      case "optional":
        yield* needsOf(term.terms, { ...need, required: false });
        break;
      case "multiple":
        yield* needsOf(term.terms, {
          required: need.required && term.min > 0,
          repeatable: true,
        });
        break;
      case "exclusive":
        // Each is one of several, so none by itself is needed.
        for (const terms of term.terms) {
          yield* needsOf(terms, { ...need, required: need.required && term.terms.length === 1 });
        }
        break;
      default:
        yield [nameOf(term), need];
    }
  }
}

function nameOf(term: UsageTerm): string {
  if (term.type === "option") return term.names.join(" ");
  return term.type === "argument" ? term.metavar : "";
}

function wordsIn(choices: Message): string[] {
  return choices.flatMap((part) => part.type === "value" ? [part.value] : []);
}
