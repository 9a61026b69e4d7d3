import { findSimilar } from "@optique/core/suggestion";
import { integer, type ValueParser } from "@optique/core/valueparser";
import {
  classifyProvider,
  HOSTED_PROVIDERS,
  LOCAL_PROVIDERS,
  type Provider,
} from "../../contract/providers.ts";
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
 * One of a closed list of words; a near miss is answered with the word that was meant. Words of `understood`
 * are taken for one of the list, and are not offered.
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
      const found = words.find((word) => word === given) ??
        (Object.hasOwn(understood, given) ? understood[given] : undefined);
      if (found !== undefined) return { success: true, value: found };
      return { success: false, error: text(unknownValue(what, input, words)) };
    },
    format: (word) => word,
    *suggest(prefix) {
      for (const word of words) if (word.startsWith(prefix)) yield { kind: "literal", text: word };
    },
  };
}

/** A whole number of 1 or more, unless another least one is given. */
export function count(min = 1): ValueParser<"sync", number> {
  return integer({ min, metavar: "N" });
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

const DATE_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/;

/** What is said of a value that is not in its list. */
export function unknownValue(what: string, given: string, known: readonly string[]): string {
  const [near] = findSimilar(given.trim().toLowerCase(), known);
  const hint = near === undefined
    ? `Choose one of: ${known.join(", ")}.`
    : `Did you mean "${near}"?`;
  return `Unknown ${what} "${given}". ${hint}`;
}

function neverEmpty(what: string): never {
  throw new RangeError(`The list of ${what} values is empty`);
}
