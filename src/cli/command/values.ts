import { integer, type ValueParser } from "@optique/core/valueparser";
import {
  classifyProvider,
  HOSTED_PROVIDERS,
  LOCAL_PROVIDERS,
  type Provider,
} from "../../contract/providers.ts";
import { nearest } from "../../user/nearest.ts";
import { text } from "./message.ts";
import type { Metavar } from "./flags.ts";

/** The name of a provider; hosted ones only where the gate is on. */
export function provider(hosted: boolean): ValueParser<"sync", Provider> {
  const names: readonly Provider[] = hosted
    ? [...HOSTED_PROVIDERS, ...LOCAL_PROVIDERS]
    : [...LOCAL_PROVIDERS];
  return {
    mode: "sync",
    metavar: "PROVIDER",
    placeholder: "beads",
    choices: names,
    parse(input) {
      const found = classifyProvider(input);
      if (found.kind === "removed") return { success: false, error: text(found.message) };
      if (found.kind !== "unknown" && names.includes(found.provider)) {
        return { success: true, value: found.provider };
      }
      return { success: false, error: text(unknownValue("provider", input, names)) };
    },
    format: (name) => name,
    *suggest(prefix) {
      for (const name of names) if (name.startsWith(prefix)) yield { kind: "literal", text: name };
    },
  };
}

/**
 * One of a closed list of words, whatever its case; a near miss is answered with the word that was meant. Words of
 * `understood` are taken for one of the list, and are not offered.
 */
export function oneOf<const T extends string>(
  metavar: Metavar,
  what: string,
  words: readonly T[],
  understood: Readonly<Record<string, NoInfer<T>>> = {},
): ValueParser<"sync", T> {
  return {
    mode: "sync",
    metavar,
    placeholder: words[0] ?? neverEmpty(what),
    choices: words,
    parse(input) {
      const given = input.trim().toLowerCase();
      const found = words.find((word) => word.toLowerCase() === given) ??
        (Object.hasOwn(understood, given) ? understood[given] : undefined);
      if (found !== undefined) return { success: true, value: found };
      return { success: false, error: text(unknownValue(what, input, words)) };
    },
    format: (word) => word,
    *suggest(prefix) {
      for (const word of words) {
        if (word.toLowerCase().startsWith(prefix.toLowerCase())) {
          yield { kind: "literal", text: word };
        }
      }
    },
  };
}

/** Any text of `parser` but an empty or blank one: a value that a script left empty is a mistake. */
export function filled(parser: ValueParser<"sync", string>): ValueParser<"sync", string> {
  return {
    ...parser,
    parse(input) {
      if (input.trim() !== "") return parser.parse(input);
      return { success: false, error: text("The value is empty.") };
    },
  };
}

/** Any text of `parser` but a word that looks like an option, which is a mistake more often than a text. */
export function wordParser(parser: ValueParser<"sync", string>): ValueParser<"sync", string> {
  return {
    ...parser,
    parse(input) {
      if (!LOOKS_LIKE_OPTION.test(input)) return parser.parse(input);
      return { success: false, error: text(`Unexpected option or argument: "${input}".`) };
    },
  };
}

const LOOKS_LIKE_OPTION = /^--|^-[a-z]\S*$/i;

/** A whole number of 1 or more, unless another least one is given. */
export function count(min = 1): ValueParser<"sync", number> {
  const whole = integer({ min, metavar: "N" });
  return {
    ...whole,
    parse(input) {
      const isTooLarge = /^\d+$/.test(input) && !Number.isSafeInteger(Number(input));
      return isTooLarge
        ? { success: false, error: text(`"${input}" is too large a number.`) }
        : whole.parse(input);
    },
  };
}

/** A date, or a date and time with an offset; answered as ISO 8601. */
export function pointInTime(): ValueParser<"sync", string> {
  return {
    mode: "sync",
    metavar: "TIME",
    placeholder: "2026-01-31T00:00:00Z",
    parse(input) {
      const whole = /^\d{4}-\d{2}-\d{2}$/.test(input) ? `${input}T00:00:00Z` : input;
      return DATE_TIME.test(whole) && !Number.isNaN(Date.parse(whole))
        ? { success: true, value: whole }
        : {
          success: false,
          error: text(`"${input}" is not a date such as 2026-01-31 or 2026-01-31T08:00:00Z.`),
        };
    },
    format: (time) => time,
  };
}

/** A time that has passed: a date or time, or how long ago it was. */
export type PastTime =
  | { readonly kind: "at"; readonly time: string }
  | { readonly kind: "ago"; readonly ms: number };

/** A time that has passed: `30m`, `12h`, `7d`, `2w`, or what {@link pointInTime} takes. */
export function pastTime(): ValueParser<"sync", PastTime> {
  const times = pointInTime();
  return {
    mode: "sync",
    metavar: "TIME",
    placeholder: { kind: "ago", ms: UNITS.d },
    parse(input) {
      const [, count, unit] = /^(\d{1,6})([mhdw])$/.exec(input.trim()) ?? [];
      if (count !== undefined && isUnit(unit)) {
        return { success: true, value: { kind: "ago", ms: Number(count) * UNITS[unit] } };
      }
      const parsed = times.parse(input.trim());
      return parsed.success ? { success: true, value: { kind: "at", time: parsed.value } } : {
        success: false,
        error: text(`"${input}" is neither a time span such as 7d nor a date such as 2026-01-31.`),
      };
    },
    format: (time) => time.kind === "at" ? time.time : `${time.ms / UNITS.m}m`,
  };
}

const UNITS = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

function isUnit(word: string | undefined): word is keyof typeof UNITS {
  return word !== undefined && Object.hasOwn(UNITS, word);
}

/** One of the fields of a list, with `:desc` behind it for the other direction. */
export function sortOrder<const T extends string>(
  fields: readonly T[],
): ValueParser<"sync", { readonly by: T; readonly descending: boolean }> {
  const words = fields.flatMap((field) => [field, `${field}:desc`]);
  return {
    mode: "sync",
    metavar: "FIELD",
    placeholder: { by: fields[0] ?? neverEmpty("fields"), descending: false },
    parse(input) {
      const [field = "", direction, ...more] = input.trim().toLowerCase().split(":");
      const by = fields.find((name) => name === field);
      const isKnown = direction === undefined || direction === "asc" || direction === "desc";
      if (by !== undefined && isKnown && more.length === 0) {
        return { success: true, value: { by, descending: direction === "desc" } };
      }
      return {
        success: false,
        error: by === undefined
          ? text(unknownValue("field to sort by", field, fields))
          : text(`Unknown direction in "${input}". Use ${by} or ${by}:desc.`),
      };
    },
    format: ({ by, descending }) => descending ? `${by}:desc` : by,
    *suggest(prefix) {
      for (const word of words) if (word.startsWith(prefix)) yield { kind: "literal", text: word };
    },
  };
}

const DATE_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/;

/** What is said of a value that is not in its list. */
export function unknownValue(what: string, given: string, known: readonly string[]): string {
  const near = nearest(given, known);
  const hint = near === null ? `Choose one of: ${known.join(", ")}.` : `Did you mean "${near}"?`;
  return `Unknown ${what} "${given}". ${hint}`;
}

function neverEmpty(what: string): never {
  throw new RangeError(`The list of ${what} values is empty`);
}
