import { isJsonObject, type JsonObject } from "../field.ts";

/** Names under which an object holds its text as one piece, the plainest first. */
const WHOLE_NAMES = ["text", "raw", "markdown", "plain", "value", "html"] as const;

/** Names under which an object holds its parts. */
const PART_NAMES = ["content", "children", "blocks", "nodes"] as const;

/**
 * Returns the text in a rich text, such as a document of Atlassian's or of an editor: what stands between its marks, a
 * line for each block. `null` when it holds none.
 */
export function richTextOf(value: unknown): string | null {
  const text = textIn(value).replaceAll(/\n{3,}/g, "\n\n").trim();
  return text === "" ? null : text;
}

function textIn(value: unknown): string {
  if (typeof value === "string") return value;
  if (Array.isArray(value)) return joined(value);
  if (!isJsonObject(value)) return "";
  for (const name of WHOLE_NAMES) {
    const whole = value[name];
    if (typeof whole === "string") return whole;
  }
  if (isBreak(value)) return "\n";
  for (const name of PART_NAMES) {
    const parts = value[name];
    if (typeof parts === "string") return parts;
    if (Array.isArray(parts)) return joined(parts);
  }
  return "";
}

/** Blocks stand below each other, the parts of one block beside each other. */
function joined(parts: readonly unknown[]): string {
  return parts.map(textIn).join(parts.some(isBlock) ? "\n" : "");
}

function isBlock(part: unknown): boolean {
  return isJsonObject(part) && PART_NAMES.some((name) => Array.isArray(part[name]));
}

function isBreak(part: JsonObject): boolean {
  return part["type"] === "hardBreak" || part["type"] === "hard_break";
}
