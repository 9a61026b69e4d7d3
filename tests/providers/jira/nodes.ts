import type { AdfDocument, AdfMark, AdfNode } from "../../../src/providers/jira/adf/document.ts";

/** Returns a document. */
export function doc(...content: readonly AdfNode[]): AdfDocument {
  return { type: "doc", version: 1, content };
}

/** Returns words, with marks. */
export function text(words: string, ...marks: readonly AdfMark[]): AdfNode {
  return marks.length === 0 ? { type: "text", text: words } : { type: "text", text: words, marks };
}

/** Returns a node of a type. */
export function of(
  type: string,
  content: readonly AdfNode[],
  attrs?: Record<string, unknown>,
): AdfNode {
  return attrs === undefined ? { type, content } : { type, attrs, content };
}

/** Returns a paragraph. */
export function p(...content: readonly AdfNode[]): AdfNode {
  return of("paragraph", content);
}
