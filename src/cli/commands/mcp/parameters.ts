import { isJsonObject, type JsonObject } from "../../../contract/field.ts";
import { usageError } from "../../../platform/tracker_error.ts";

/** What a tool takes under one name. */
export type Parameter =
  & { readonly description: string; readonly required?: boolean }
  & (
    /** `max`: characters. */
    | { readonly kind: "text"; readonly max: number }
    /** Several texts of at most `max` characters. */
    | { readonly kind: "texts"; readonly max: number }
    | { readonly kind: "number"; readonly min: number; readonly max: number }
    | { readonly kind: "flag" }
    | { readonly kind: "choice"; readonly choices: readonly string[] }
    | { readonly kind: "choices"; readonly choices: readonly string[] }
  );

/** The parameters of a tool, by name. */
export type Parameters = Readonly<Record<string, Parameter>>;

/** What a tool was called with, checked. */
export interface Arguments {
  /** A text or a choice. */
  text(name: string): string | undefined;
  /** Texts or choices; none where they were left out. */
  texts(name: string): readonly string[];
  number(name: string): number | undefined;
  /** `false` where it was left out. */
  flag(name: string): boolean;
}

/** Most texts of one parameter. */
const MOST = 50;

/** Returns the JSON Schema of the parameters of a tool. */
export function inputSchema(parameters: Parameters): { type: "object" } & JsonObject {
  const required = Object.keys(parameters).filter((name) => parameters[name]?.required === true);
  return {
    type: "object",
    properties: Object.fromEntries(
      Object.entries(parameters).map(([name, one]) => [name, schemaOf(one)]),
    ),
    ...(required.length === 0 ? {} : { required }),
    additionalProperties: false,
  };
}

function schemaOf(parameter: Parameter): JsonObject {
  const { description } = parameter;
  switch (parameter.kind) {
    case "text":
      return { type: "string", maxLength: parameter.max, description };
    case "texts":
      return {
        type: "array",
        items: { type: "string", maxLength: parameter.max },
        maxItems: MOST,
        description,
      };
    case "number":
      return { type: "integer", minimum: parameter.min, maximum: parameter.max, description };
    case "flag":
      return { type: "boolean", description };
    case "choice":
      return { type: "string", enum: [...parameter.choices], description };
    case "choices":
      return {
        type: "array",
        items: { type: "string", enum: [...parameter.choices] },
        maxItems: MOST,
        description,
      };
  }
}

/**
 * Checks what a tool was called with.
 *
 * @throws {TrackerError} `usage` that names the first parameter with a fault.
 */
export function checkArguments(
  tool: string,
  parameters: Parameters,
  given: JsonObject,
): Arguments {
  const fault = (what: string) =>
    usageError(`${what}, called "${tool}"`, "Call the tool as its input schema says.");
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(parameters, name)) throw fault(`Unknown parameter "${name}"`);
  }
  for (const [name, parameter] of Object.entries(parameters)) {
    const value = given[name];
    if (value === undefined) {
      if (parameter.required === true) throw fault(`The parameter "${name}" is missing`);
      continue;
    }
    const rule = ruleBroken(parameter, value);
    if (rule !== null) throw fault(`The parameter "${name}" ${rule}`);
  }
  const textOf = (value: unknown) => typeof value === "string" ? value : undefined;
  return {
    text: (name) => textOf(given[name]),
    texts: (name) => {
      const value = given[name];
      return Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];
    },
    number: (name) => {
      const value = given[name];
      return typeof value === "number" ? value : undefined;
    },
    flag: (name) => given[name] === true,
  };
}

/** Returns the arguments of a call as an object; an agent may leave them out. */
export function givenArguments(value: unknown): JsonObject {
  return isJsonObject(value) ? value : {};
}

/** Says what is wrong with a value; `null` for nothing. */
function ruleBroken(parameter: Parameter, value: unknown): string | null {
  switch (parameter.kind) {
    case "text":
      return textRule(value, parameter.max);
    case "texts":
    case "choices": {
      if (!Array.isArray(value) || value.length > MOST) {
        return `must be a list of at most ${MOST} texts`;
      }
      const rules = value.map((one: unknown) =>
        parameter.kind === "texts"
          ? textRule(one, parameter.max)
          : choiceRule(one, parameter.choices)
      );
      return rules.find((rule) => rule !== null) ?? null;
    }
    case "number":
      return Number.isSafeInteger(value) && Number(value) >= parameter.min &&
          Number(value) <= parameter.max
        ? null
        : `must be a whole number from ${parameter.min} to ${parameter.max}`;
    case "flag":
      return typeof value === "boolean" ? null : "must be true or false";
    case "choice":
      return choiceRule(value, parameter.choices);
  }
}

function textRule(value: unknown, max: number): string | null {
  if (typeof value !== "string") return "must be text";
  if (value.includes("\0")) return "must be without the character NUL";
  return value.length <= max ? null : `must have at most ${max} characters`;
}

function choiceRule(value: unknown, choices: readonly string[]): string | null {
  return typeof value === "string" && choices.includes(value)
    ? null
    : `must be one of: ${choices.join(", ")}`;
}
