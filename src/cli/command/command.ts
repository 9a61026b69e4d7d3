import type { Parser } from "@optique/core/parser";
import type { Access } from "./access.ts";
import type { Metavar } from "./flags.ts";
import { flagAlone } from "./command_line.ts";
import type { Context, GlobalOptions } from "./context.ts";
import type { Kit } from "./options.ts";
import type { ClassedOptions } from "./provider_options.ts";

export type { Kit };

/** The headings of the help, in order. */
export const HELP_GROUPS = [
  "Set up",
  "Bind",
  "Look",
  "Sync",
  "Missions",
  "Background",
  "Page",
  "Host",
  "Agents",
  "Shell",
] as const;

/** One heading of the help. */
export type HelpGroup = typeof HELP_GROUPS[number];

/**
 * What must hold before a command runs against a hosted provider. `none`: nothing. `gate`: only the
 * rollout gate. `binding`: the gate, a host URL, a user who is or was signed in there, and a
 * binding, for work on the cache that needs neither a session nor the network. Otherwise the readiness evaluator runs, with the binding and the
 * reachability of the host where asked.
 */
export type ReadinessNeed =
  | "none"
  | "gate"
  | "binding"
  | { readonly binding: boolean; readonly reachability: boolean };

/** Values of this machine that completion can offer: keys of issues, missions, settings, conflicts to decide, caches. */
export type ValueSource = "issues" | "missions" | "settings" | "conflicts" | "states";

/** The one class of providers that a command is for, and what it says to the other. */
export type ClassRestriction =
  /** `instead`: what to do on this machine, as a next action. */
  | { readonly providers: "hosted"; readonly instead: string }
  /** `refusal`: why it is not done for a hosted provider, as a message; `isAtHost`: the host's address comes after it. */
  | { readonly providers: "local"; readonly refusal: string; readonly isAtHost?: boolean };

/** What is known of a command without running it. */
export interface CommandFacts {
  /** There with hosted sync off, too, while a background daemon has left its state. */
  readonly withDaemon?: boolean | undefined;
  /** The words that name it, such as `sync pull`. */
  readonly path: string;
  readonly group: HelpGroup;
  /** One line: what it does. */
  readonly summary: string;
  /** Hidden, and unknown, while the rollout gate is off. */
  readonly gated: boolean;
  /** What it does for hosted providers, where it serves both classes. */
  readonly hosted?: string;
  /** What it does for local providers, where it serves both classes. */
  readonly local?: string;
  /** Command lines that show its use, at least two. */
  readonly examples: readonly string[];
  /** More of them, shown only where the gate is on. */
  readonly hostedExamples?: readonly string[];
  readonly readiness: ReadinessNeed;
  /** What it touches, so that it gets no other permission. */
  readonly permissions: readonly Access[];
  /** What completion offers for the options and arguments whose value is called so in the help. */
  readonly completion?: Readonly<Partial<Record<Metavar, ValueSource>>>;
  /** Refused for providers of the other class, before anything is evaluated. */
  readonly only?: ClassRestriction;
  /** Said when a required option or argument is missing. */
  readonly missing?: string;
}

/** One command: what it is called, takes, needs and does. */
export interface CommandDefinition<O> extends CommandFacts {
  /** The grammar of its options and arguments; the kit knows the state of the gate. */
  readonly options: (kit: Kit) => Parser<"sync", O, unknown>;
  /** What the grammar gives when there are no words but global options; spares loading it. */
  readonly bare?: O;
  /** What it gives when there is one of these flags besides. None that is for one class of providers. */
  readonly flags?: Readonly<Record<string, O>>;
  /** The provider that the options name, for commands that run before there is a binding. */
  readonly providerOf?: (options: O) => string | undefined;
  /** Loads what refuses, before readiness is checked, what the grammar cannot know to be wrong. */
  readonly check?: () => Promise<(context: Context, options: O) => void | Promise<void>>;
  /** Loads the code that runs it. */
  readonly load: () => Promise<CommandCode<O>>;
}

/** The code of a command. */
export interface CommandCode<O> {
  /** Does it; answers the exit code. */
  readonly run: (context: Context, options: O) => Promise<number>;
}

/** A command line that has been understood. */
export interface Invocation {
  readonly command: Command;
  readonly globals: GlobalOptions;
  /** The provider the options name, for commands that run before there is a binding. */
  readonly provider: string | undefined;
  /** Refuses wrong usage that the grammar cannot see, and what is not for a class of providers. */
  check(context: Context): Promise<void>;
  /** Runs it; answers the exit code. */
  run(context: Context): Promise<number>;
}

/** The end of parsing the words after a command's name. */
export type ParseOutcome =
  | { readonly kind: "parsed"; readonly invocation: Invocation }
  | { readonly kind: "fault"; readonly message: string };

/** A {@link CommandDefinition} with the type of its options sealed in. */
export interface Command extends CommandFacts {
  /** The grammar of its own options and arguments. */
  grammar(kit: Kit): Parser<"sync", unknown, unknown>;
  /** What the grammar gives for lines that do not load it, by their one flag; `null` for those that have none. */
  readonly known: ReadonlyMap<string | null, unknown>;
  /** Parses the words that follow its name. */
  parse(args: readonly string[], hosted: boolean): Promise<ParseOutcome>;
}

/** Spread into the definition of a command that takes only the global options. */
export const WITHOUT_OPTIONS = {
  options: (kit: Kit): Parser<"sync", Readonly<Record<never, never>>, unknown> => kit.object({}),
  bare: {},
} as const;

/** Spread into the definition of a list that takes only `--fields` and the global options. */
export const FIELDS_ALONE = {
  options: (kit: Kit): Parser<"sync", { readonly fields: string | undefined }, unknown> =>
    kit.object("Options", { fields: kit.fields() }),
  bare: { fields: undefined },
} as const;

/** Defines a command; the type of its options is inferred from its grammar. */
export function defineCommand<O>(definition: CommandDefinition<O>): Command {
  const { options, check, load, providerOf, bare, flags = {}, ...facts } = definition;
  const known = new Map<string | null, O>(Object.entries(flags));
  if (bare !== undefined) known.set(null, bare);
  const seal = (own: O, given: ClassedOptions = NO_OPTIONS) => ({
    provider: providerOf?.(own),
    check: async (context: Context) => {
      // A hard stop of the command's own comes before the refusal of an option.
      await (await check?.())?.(context, own);
      if (given.size === 0) return;
      const { refuseForeignOptions } = await import("./provider_options.ts");
      await refuseForeignOptions(context, given, providerOf?.(own));
    },
    run: async (context: Context) => await (await load()).run(context, own),
  });
  const command: Command = {
    ...facts,
    grammar: options,
    known,
    async parse(args, hosted) {
      const alone = flagAlone(args, Object.keys(flags));
      const quick = alone === null ? undefined : known.get(alone.flag);
      if (alone !== null && quick !== undefined) {
        const { globals } = alone;
        return { kind: "parsed", invocation: { command, globals, ...seal(quick) } };
      }
      const [{ createKit }, { parseWords }] = await Promise.all([
        import("./options.ts"),
        import("./parse.ts"),
      ]);
      const kit = createKit({ hosted });
      const result = parseWords(options(kit), args, facts.missing);
      if (result.kind === "fault") return result;
      const { globals, own, names } = result;
      const given = new Map(
        [...kit.classed].filter(([name]) => names.includes(name)),
      );
      return { kind: "parsed", invocation: { command, globals, ...seal(own, given) } };
    },
  };
  return command;
}

const NO_OPTIONS: ClassedOptions = new Map();
