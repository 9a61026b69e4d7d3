import type { Arguments, Parameters } from "./parameters.ts";

/** One tool: a command that an agent can call, and how its document is paged. */
export interface Tool {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** Listed only with `--write`. */
  readonly writes: boolean;
  /** There only with the rollout gate on. */
  readonly gated?: boolean;
  readonly parameters: Parameters;
  /** The words of the command, without the global options. */
  readonly line: (given: Arguments, page: PageWanted) => readonly string[];
  /** What of the document is given in parts: a list, or a text. */
  readonly paged?: (given: Arguments) => Paged;
}

/** What of a document is given in parts. */
export interface Paged {
  readonly member: string;
  readonly kind: "list" | "text";
  /** Members of each of the list that are left out. */
  readonly without?: readonly string[];
  /** The `next` of the document is where a command continues by itself, so that a page must end where the command does. */
  readonly marked?: boolean;
}

/** Which part of a document is wanted. */
export interface PageWanted {
  /** How many of a list, or characters of a text, come before it. */
  readonly from: number;
  /** Most of a list. */
  readonly limit: number;
}

/** An option and its value as one word, so that a value cannot be taken for an option. */
export function option(name: string, value: string | undefined): string[] {
  return value === undefined ? [] : [`${name}=${value}`];
}

/** An option for each of the values. */
export function options(name: string, values: readonly string[]): string[] {
  return values.flatMap((value) => option(name, value));
}
