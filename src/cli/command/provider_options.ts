import type { DocEntry, DocFragment } from "@optique/core/doc";
import type { Message } from "@optique/core/message";
import { map } from "@optique/core/modifiers";
import type { Parser } from "@optique/core/parser";
import { constant } from "@optique/core/primitives";
import { extractOptionNames } from "@optique/core/usage";
import { classifyProvider } from "../../contract/providers.ts";
import { loadBinding } from "../../project/config.ts";
import { requireProjectRoot } from "../../project/root.ts";
import { foreignOptions } from "../../tracker/provider_class.ts";
import type { Context } from "./context.ts";
import { text } from "./message.ts";

/** A class of providers. */
export type ProviderKind = "hosted" | "local";

/** The names of the options that are for one class of providers alone, with that class. */
export type ClassedOptions = ReadonlyMap<string, ProviderKind>;

/** What a grammar knows of its options for one class of providers. */
export interface ClassOptions {
  /** Whether the rollout gate is on: hosted options are hidden otherwise. */
  readonly hosted: boolean;
  /** Is told the options. */
  readonly classed: Map<string, ProviderKind>;
}

/**
 * Returns an option, or several, for one class of providers alone: help and completion say so, a line for the other class is
 * refused by {@link refuseForeignOptions}, and hosted ones are unknown while the rollout gate is off. An option that may
 * not be left out cannot be one.
 */
export function onlyFor<T>(
  providers: ProviderKind,
  parser: Parser<"sync", T, unknown>,
  { hosted, classed }: ClassOptions,
): Parser<"sync", T, unknown> {
  if (providers === "hosted" && !hosted) {
    const absent = parser.complete(parser.initialState);
    if (!absent.success) throw new RangeError("An option for hosted providers has no default");
    return map(constant(null), () => absent.value);
  }
  for (const name of extractOptionNames(parser.usage)) classed.set(name, providers);
  return {
    ...parser,
    *suggest(context, prefix) {
      for (const one of parser.suggest(context, prefix)) {
        const isOption = one.kind === "literal" && classed.has(one.text);
        yield isOption ? { ...one, ...prefixedDescription(one.description, providers) } : one;
      }
    },
    getDocFragments(state, value) {
      const docs = parser.getDocFragments(state, value);
      return { ...docs, fragments: docs.fragments.map((part) => prefixed(part, providers)) };
    },
  };
}

function prefixed(part: DocFragment, providers: ProviderKind): DocFragment {
  if (part.type === "entry") return { ...part, ...prefixedEntry(part, providers) };
  return { ...part, entries: part.entries.map((entry) => prefixedEntry(entry, providers)) };
}

function prefixedEntry(entry: DocEntry, providers: ProviderKind): DocEntry {
  return { ...entry, ...prefixedDescription(entry.description, providers) };
}

/** Returns the description with its class of providers; nothing where there is none. */
function prefixedDescription(
  description: Message | undefined,
  providers: ProviderKind,
): { readonly description?: Message } {
  const [first, ...rest] = description ?? [];
  if (first?.type !== "text") return {};
  // A word in capitals, such as JSON, stays as it is.
  const words = first.text.replace(/^[A-Z](?![A-Z])/, (letter) => letter.toLowerCase());
  return { description: [...text(`${PREFIX[providers]}: ${words}`), ...rest] };
}

const PREFIX: Readonly<Record<ProviderKind, string>> = {
  hosted: "Hosted providers",
  local: "Local providers",
};

/**
 * Refuses options that the class of the provider knows nothing of: passed over in silence, a `--dry-run` would
 * change things, and a filter bring everything. Where the line names no provider, the binding does; what is wrong
 * with the binding itself is not its to say.
 *
 * @throws {TrackerError} `usage`; `not_a_project`, `config_invalid`.
 */
export async function refuseForeignOptions(
  context: Context,
  given: ClassedOptions,
  named: string | undefined,
): Promise<void> {
  const found = classifyProvider(named ?? await boundProvider(context) ?? "");
  if (found.kind !== "hosted" && found.kind !== "local") return;
  const foreign = [...given].flatMap(([name, providers]) => providers === found.kind ? [] : [name]);
  if (foreign.length > 0) throw foreignOptions(foreign, found);
}

async function boundProvider({ platform, globals }: Context): Promise<string | null> {
  const root = await requireProjectRoot(platform, globals.repo ?? null);
  return (await loadBinding(platform, root)).provider;
}
