/** A value this program writes into a YAML file. */
export type YamlValue =
  | string
  | number
  | boolean
  | null
  | readonly YamlValue[]
  | { readonly [key: string]: YamlValue };

/** Writes a value on one line: plain where every YAML reader takes it for the same text, else quoted. */
export function flowText(value: YamlValue): string {
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "number") return numberText(value);
  if (typeof value === "string") return scalarText(value);
  if (isList(value)) return `[${value.map(flowText).join(", ")}]`;
  const pairs = Object.entries(value).map(([key, item]) => `${scalarText(key)}: ${flowText(item)}`);
  return `{${pairs.join(", ")}}`;
}

/** Takes data as it came from JSON or YAML for something that can be written; dates and the like become text. */
export function toYamlValue(value: unknown): YamlValue {
  if (value === null || value === undefined) return null;
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") {
    return value;
  }
  if (Array.isArray(value)) return value.map(toYamlValue);
  if (value instanceof Date) return value.toISOString();
  if (typeof value !== "object") return String(value);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toYamlValue(item)]));
}

const PLAIN = /^[A-Za-z_][\w./-]*(?: [\w./-]+)*$/;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** Words that some version of YAML takes for a boolean or for nothing. */
const RESERVED = /^(?:true|false|yes|no|on|off|y|n|null)$/i;
// Control characters, and those that some readers take for a line's end or a mark.
const UNSAFE = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g;

function scalarText(text: string): string {
  if (UUID.test(text) || (PLAIN.test(text) && !RESERVED.test(text))) return text;
  return JSON.stringify(text).replace(
    UNSAFE,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function numberText(value: number): string {
  if (Number.isNaN(value)) return ".nan";
  if (!Number.isFinite(value)) return value > 0 ? ".inf" : "-.inf";
  return Object.is(value, -0) ? "-0.0" : String(value);
}

function isList(value: YamlValue): value is readonly YamlValue[] {
  return Array.isArray(value);
}
