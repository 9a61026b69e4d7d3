/** The start of the line that `offset` is in, after a byte order mark. */
export function lineStart(text: string, offset: number): number {
  const start = text.lastIndexOf("\n", offset - 1) + 1;
  return start === 0 && text.startsWith("\uFEFF") ? 1 : start;
}

/** The start of the line after the one that content ending at `offset` is in. */
export function lineEnd(text: string, offset: number): number {
  if (text[offset - 1] === "\n") return offset;
  const end = text.indexOf("\n", offset);
  return end < 0 ? text.length : end + 1;
}

/** Steps over comment lines that stand inside a mapping at `column`. */
export function commentsEnd(text: string, offset: number, column: number): number {
  const line = /^( *)#[^\n]*(?:\n|$)/.exec(text.slice(offset));
  if (line === null || (line[1] ?? "").length < column) return offset;
  return commentsEnd(text, offset + line[0].length, column);
}

/** The line ending a text uses: that of its first line. */
export function newlineOf(text: string): "\r\n" | "\n" {
  const first = text.indexOf("\n");
  return first > 0 && text[first - 1] === "\r" ? "\r\n" : "\n";
}

/** The text with `insert` in place of what stands from `start` to `end`. */
export function splice(text: string, start: number, end: number, insert: string): string {
  return text.slice(0, start) + insert + text.slice(end);
}
