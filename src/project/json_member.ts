import { isJsonObject } from "../contract/field.ts";

/**
 * A JSON object as text with one of its own members set and every other character kept: order,
 * numbers, blanks and line ends stay as they were written.
 *
 * @throws {SyntaxError} when the text is not JSON, {TypeError} when it is not an object.
 */
export function withMember(text: string, key: string, value: unknown): string {
  const parsed: unknown = JSON.parse(text);
  if (!isJsonObject(parsed)) throw new TypeError("It is not a JSON object");
  const open = text.indexOf("{");
  const members = membersOf(text, open + 1);
  const lineEnd = text.includes("\r\n") ? "\r\n" : "\n";
  const blanks = /^\s*/.exec(text.slice(open + 1))?.[0] ?? "";
  const oneLine = members.length > 0 && !blanks.includes("\n");
  const indent = members.length > 0 ? blanks.slice(blanks.lastIndexOf("\n") + 1) : "  ";
  const written = oneLine
    ? JSON.stringify(value)
    : JSON.stringify(value, null, indent).replaceAll("\n", `${lineEnd}${indent}`);
  // Of two members with one name the last one counts.
  const existing = members.findLast((member) => member.key === key);
  if (existing !== undefined) {
    return text.slice(0, existing.valueStart) + written + text.slice(existing.valueEnd);
  }
  const added = `${JSON.stringify(key)}: ${written}`;
  const last = members.at(-1);
  if (last === undefined) {
    const close = text.indexOf("}", open);
    return `${text.slice(0, open + 1)}${lineEnd}${indent}${added}${lineEnd}${text.slice(close)}`;
  }
  const gap = oneLine ? ", " : `,${lineEnd}${indent}`;
  return text.slice(0, last.valueEnd) + gap + added + text.slice(last.valueEnd);
}

interface Member {
  readonly key: string;
  readonly valueStart: number;
  readonly valueEnd: number;
}

/** The members of the object whose first character is at `start`; the text is known to be valid. */
function membersOf(text: string, start: number): Member[] {
  const members: Member[] = [];
  let at = skipBlanks(text, start);
  while (text[at] === '"') {
    const keyEnd = skipString(text, at);
    const key: unknown = JSON.parse(text.slice(at, keyEnd));
    const valueStart = skipBlanks(text, skipBlanks(text, keyEnd) + 1);
    const valueEnd = skipValue(text, valueStart);
    members.push({ key: String(key), valueStart, valueEnd });
    at = skipBlanks(text, valueEnd);
    if (text[at] === ",") at = skipBlanks(text, at + 1);
  }
  return members;
}

function skipBlanks(text: string, start: number): number {
  let at = start;
  while (/^[ \t\r\n]$/.test(text.charAt(at))) at++;
  return at;
}

function skipString(text: string, start: number): number {
  let at = start + 1;
  while (text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
  return at + 1;
}

function skipValue(text: string, start: number): number {
  let at = start;
  let depth = 0;
  do {
    const character = text.charAt(at);
    if (character === '"') {
      at = skipString(text, at);
      continue;
    }
    if (character === "{" || character === "[") depth++;
    else if (character === "}" || character === "]") depth--;
    else if (depth === 0) return skipScalar(text, at);
    at++;
  } while (depth > 0);
  return at;
}

function skipScalar(text: string, start: number): number {
  let at = start;
  while (/^[-+.\w]$/.test(text.charAt(at))) at++;
  return at;
}
