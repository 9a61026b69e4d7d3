import { object, or } from "@optique/core/constructs";
import { map, multiple, optional, withDefault } from "@optique/core/modifiers";
import type { Parser } from "@optique/core/parser";
import { argument, constant, flag as required, option } from "@optique/core/primitives";
import { string, type ValueParser } from "@optique/core/valueparser";
import {
  ISSUE_TYPES,
  PRIORITIES,
  PRIORITY_WORDS,
  type Status,
  STATUSES,
} from "../../contract/issue.ts";
import { HOSTED_PROVIDERS } from "../../contract/providers.ts";
import { statusFilter, typeFilter } from "./filters.ts";
import { flag, type FlagName, type Metavar, value } from "./flags.ts";
import { listed, text } from "./message.ts";
import { type ClassedOptions, onlyFor, type ProviderKind } from "./provider_options.ts";
import { KEY, KEY_OR_BRANCH, keyAndStatus } from "./issue_key.ts";
import {
  count,
  filled,
  oneOf,
  pastTime,
  pointInTime,
  provider,
  sortOrder,
  wordParser,
} from "./values.ts";

/** What a kit is made for. */
export interface KitSettings {
  /** Whether the rollout gate is on. */
  readonly hosted: boolean;
  /** The parser of any text that help calls so; a plain one unless given. */
  readonly named?: (metavar: Metavar) => ValueParser<"sync", string>;
}

/** Everything a command's grammar is made of. */
export type Kit = ReturnType<typeof createKit>;

/**
 * Returns everything a command's grammar is made of. The grammar library takes as long to load as the rest of
 * the program together, so definitions are handed this when a line is parsed instead of importing it.
 */
export function createKit(
  { hosted, named: anyText = (metavar) => string({ metavar }) }: KitSettings,
) {
  const classed = new Map<string, ProviderKind>();
  const known: ClassedOptions = classed;
  const named = (metavar: Metavar) => filled(anyText(metavar));
  const textOption = (
    name: FlagName,
    metavar: Metavar,
    description: string,
    parser = named(metavar),
  ) => option(name, parser, { description: text(description) });
  return {
    ...{ argument, constant, map, multiple, object, option, optional, or, required, withDefault },
    ...{ count, flag, listed, oneOf, pastTime, pointInTime, sortOrder, statusFilter, text },
    ...{ typeFilter, value },
    ...{ HOSTED_PROVIDERS, ISSUE_TYPES, PRIORITIES, PRIORITY_WORDS, STATUSES },
    hosted,
    /** A text with at least one character that is not blank. */
    named,
    /** A text that may be empty: where that means something. */
    anyText,
    /** The name of a provider; hosted ones only where the gate is on. */
    provider: () => provider(hosted),
    /** `KEY`, which may be left out where the branch or the mission names the issue. */
    issueKey: () => optional(argument(named("KEY"), { description: text(KEY_OR_BRANCH) })),
    /** `KEY`, which may be left out, and the status after it. */
    issueKeyAndStatus: (status: Parser<"sync", Status, unknown>) =>
      keyAndStatus(named("KEY"), status),
    /** `KEY` that may not be left out. */
    requiredIssueKey: () => argument(named("KEY"), { description: text(KEY) }),
    /** Free words of a line; what looks like an option is refused as one that is not known. */
    words: (metavar: Metavar, parser = named(metavar)) => wordParser(parser),
    /** A whole number of 1 or more, of which completion may offer some. */
    number: (): ValueParser<"sync", number> => {
      const suggest = named("N").suggest;
      return { ...count(), ...(suggest === undefined ? {} : { suggest }) };
    },
    /** An option with a text as its value, that may be left out; an empty text is refused, unless with {@link anyText}. */
    textValue: (
      name: FlagName,
      metavar: Metavar,
      description: string,
      parser?: ValueParser<"sync", string>,
    ) => optional(textOption(name, metavar, description, parser)),
    /** An option with a text as its value, that may be given many times; an empty one as for `textValue`. */
    values: (
      name: FlagName,
      metavar: Metavar,
      description: string,
      parser?: ValueParser<"sync", string>,
    ) => multiple(textOption(name, metavar, description, parser)),
    /** `--fields a,b`, for the items of a list. */
    fields: () =>
      optional(
        textOption(
          "--fields",
          "FIELDS",
          "With `--json`: only these fields of each, such as `a,b`.",
        ),
      ),
    /** An option, or several, for one class of providers alone; see {@link onlyFor}. */
    only: <T>(providers: ProviderKind, parser: Parser<"sync", T, unknown>) =>
      onlyFor(providers, parser, { hosted, classed }),
    /** The options for one class of providers that the grammar has so far. */
    classed: known,
  };
}
