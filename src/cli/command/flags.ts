import { map, multiple, optional, withDefault } from "@optique/core/modifiers";
import type { Parser } from "@optique/core/parser";
import { option } from "@optique/core/primitives";
import type { ValueParser } from "@optique/core/valueparser";
import { text } from "./message.ts";

/** What help calls the value of an option or argument. */
export type Metavar =
  | "ADDR"
  | "COMMAND"
  | "CIDR"
  | "DIR"
  | "FIELD"
  | "FIELD=OWNER"
  | "FIELDS"
  | "FILE"
  | "FORM"
  | "HOST"
  | "ID"
  | "KEY"
  | "K=V"
  | "MAIL"
  | "MARK"
  | "METHOD"
  | "MISSION"
  | "MODE"
  | "N"
  | "NAME"
  | "PATH"
  | "PROVIDER"
  | "REF"
  | "ROLE"
  | "SHELL"
  | "SLUG"
  | "SPAN"
  | "STATUS"
  | "STRATEGY"
  | "TEAM"
  | "TEXT"
  | "TIME"
  | "TYPE"
  | "URL"
  | "VALUE"
  | "WHEN"
  | "WORD=STATUS"
  | "WORKSPACE";

/** The name of an option, such as `--json` or `-y`. */
export type FlagName = `-${string}`;

/** A flag without a value. */
export function flag(
  names: readonly [FlagName, ...FlagName[]],
  description: string,
): Parser<"sync", boolean, unknown> {
  const [first, ...rest] = names;
  return withDefault(option(first, ...rest, { description: text(description) }), false);
}

/** A flag that many places of a line may give; giving it twice is as giving it once. */
export function repeatableFlag(
  names: readonly [FlagName, ...FlagName[]],
  description: string,
): Parser<"sync", boolean, unknown> {
  const [first, ...rest] = names;
  return map(
    multiple(option(first, ...rest, { description: text(description) })),
    (given) => given.length > 0,
  );
}

/** An option with a value that may be left out. */
export function value<T>(
  name: FlagName,
  parser: ValueParser<"sync", T>,
  description: string,
): Parser<"sync", T | undefined, unknown> {
  return optional(option(name, parser, { description: text(description) }));
}
