import type { FlagName, Metavar } from "./flags.ts";

/** An option that every line takes. */
export interface GlobalOption {
  readonly names: readonly [FlagName, ...FlagName[]];
  /** What its value is called; none for a flag. */
  readonly value?: Metavar;
  /** The values it takes, where these are a closed list. */
  readonly choices?: readonly string[];
  readonly description: string;
}

/** The options that every line takes, in the order of the help. Grammar, help, manual and scanner read them here. */
export const GLOBAL_OPTIONS = {
  repo: {
    names: ["--repo"],
    value: "DIR",
    description: "Work in DIR instead of the current directory.",
  },
  json: { names: ["--json"], description: "Print one JSON document and nothing else." },
  noInput: {
    names: ["--no-input"],
    description: "Never ask; fail and name the option to use instead.",
  },
  yes: { names: ["-y", "--yes"], description: "Answer every question with yes." },
  color: {
    names: ["--color"],
    value: "WHEN",
    choices: ["auto", "always", "never"],
    description: "Use colour: auto, always or never (also NO_COLOR, FORCE_COLOR).",
  },
  quiet: { names: ["-q", "--quiet"], description: "Show no progress and no notices." },
  verbose: {
    names: ["-v", "--verbose"],
    description: "Show requests and details on standard error.",
  },
  help: { names: ["-h", "--help"], description: "Show help." },
  version: { names: ["-V", "--version"], description: "Show the version." },
} as const satisfies Readonly<Record<string, GlobalOption>>;

/** The name by which the program knows a global option. */
export type GlobalOptionKey = keyof typeof GLOBAL_OPTIONS;

/** The same options as a list. */
export const GLOBAL_OPTION_LIST: readonly GlobalOption[] = Object.values(GLOBAL_OPTIONS);
