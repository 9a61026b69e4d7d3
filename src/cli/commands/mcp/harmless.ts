import { isJsonObject } from "../../../contract/field.ts";
import { replaceInvisible, withoutEscapes } from "../../../platform/invisible.ts";

/**
 * Returns a value of JSON without what a reader does not see: escape sequences, controls, marks of direction, blanks
 * without width, tags. An agent reads them where a person who reviews the issue does not.
 */
export function harmless(value: unknown): unknown {
  if (typeof value === "string") return harmlessText(value);
  if (Array.isArray(value)) return value.map(harmless);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [harmlessText(name), harmless(member)]),
  );
}

function harmlessText(text: string): string {
  return replaceInvisible(withoutEscapes(text).replaceAll("\r\n", "\n"), () => "");
}
