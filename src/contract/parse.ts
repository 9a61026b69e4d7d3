import * as v from "valibot";
import { NOT_TAKEN, quickParse } from "./quick_parse.ts";

/** What a parse gives: the typed value, or the first fault with its dotted path. */
export type ParseOutcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly path: string; readonly message: string };

/** One fault of a value: where (dotted path, empty for the value itself) and what. */
export interface ParseFault {
  /** Dotted path such as `items[3].ref.workspace`. */
  readonly path: string;
  /** Completes the sentence "`path` …", for example "is missing". */
  readonly message: string;
}

/**
 * Parses `value` with `schema` and stops at the first fault.
 *
 * @example
 * ```ts
 * import * as v from "valibot";
 * import { parseWith } from "./parse.ts";
 *
 * const outcome = parseWith(v.object({ items: v.array(v.string()) }), { items: ["a", 1] });
 * // { ok: false, path: "items[1]", message: "must be a string, not 1" }
 * ```
 */
export function parseWith<T>(
  schema: v.GenericSchema<unknown, T>,
  value: unknown,
): ParseOutcome<T> {
  const result = v.safeParse(schema, value, { abortEarly: true });
  if (result.success) return { ok: true, value: result.output };
  return { ok: false, ...describeFault(result.issues[0]) };
}

/**
 * As {@link parseWith}, in a third of the time, for a value that nothing else holds, such as an answer that was just read:
 * the result may hold parts of it.
 */
export function parseOwn<T>(
  schema: v.GenericSchema<unknown, T>,
  value: unknown,
): ParseOutcome<T> {
  const parsed = quickParse(schema, value);
  return parsed === NOT_TAKEN ? parseWith(schema, value) : { ok: true, value: parsed };
}

/** Parses `value` and reports every fault; for input that a person has to correct. */
export function faultsOf(
  schema: v.GenericSchema<unknown, unknown>,
  value: unknown,
): readonly ParseFault[] {
  const result = v.safeParse(schema, value);
  return result.success ? [] : result.issues.map(describeFault);
}

/** The message of a fault for a field that a closed object does not have. */
export const UNKNOWN_FIELD = "is not a known field";

function describeFault(issue: v.BaseIssue<unknown>): ParseFault {
  return { path: dottedPath(issue), message: describe(issue) };
}

function dottedPath(issue: v.BaseIssue<unknown>): string {
  let path = "";
  for (const step of issue.path ?? []) {
    if (step.type === "array") path += `[${String(step.key)}]`;
    else path += path === "" ? String(step.key) : `.${String(step.key)}`;
  }
  return path;
}

/** Faults of a type get our own words; rules of the contract bring theirs along. */
function describe(issue: v.BaseIssue<unknown>): string {
  if (issue.kind !== "schema" || issue.type === "custom") return issue.message;
  if (issue.expected === "never") return UNKNOWN_FIELD;
  if (issue.received === "undefined") return "is missing";
  return `must be ${inWords(issue.expected ?? "valid")}, not ${shortened(issue.received)}`;
}

function inWords(expected: string): string {
  switch (expected) {
    case "string":
    case "number":
    case "boolean":
      return `a ${expected}`;
    case "Array":
      return "a list";
    case "Object":
      return "an object";
  }
  const choices = expected.replaceAll(/[()]/g, "").split(/ \| |, /);
  return choices.length > 1 ? `one of ${choices.join(", ")}` : expected;
}

function shortened(received: string): string {
  return received.length > 60 ? `${received.slice(0, 57)}…` : received;
}
