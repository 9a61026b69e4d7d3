/** Title and body of an issue, as a person writes them in one text. */
export interface IssueText {
  /** `undefined` where the text is a body alone. */
  readonly title: string | undefined;
  readonly body: string | null;
}

/** Returns a text with the title in its first line and the body after an empty one. */
export function editorText({ title, body }: IssueText): string {
  const lines = body === null || body === "" ? "" : `${body}\n`;
  if (title === undefined) return lines;
  if (title === "" && lines === "") return "";
  return `${title}\n${lines === "" ? "" : `\n${lines}`}`;
}

/** Reads a text that {@link editorText} made and a person has changed. Empty lines around the body are not part of it. */
export function readEditorText(
  text: string,
  { hasTitle }: { readonly hasTitle: boolean },
): IssueText {
  const lines = text.replaceAll("\r\n", "\n");
  const end = hasTitle ? lines.indexOf("\n") : 0;
  const title = hasTitle ? (end < 0 ? lines : lines.slice(0, end)).trim() : undefined;
  const rest = end < 0 ? "" : lines.slice(end);
  const body = rest.replace(/^(?:[ \t]*\n)+/, "").trimEnd();
  return { title, body: body === "" ? null : body };
}

/** Returns what a person has changed of a text; nothing where it says the same. */
export function changedText(
  before: string,
  after: string,
  { hasTitle }: { readonly hasTitle: boolean },
): { readonly title?: string; readonly body?: string | null } {
  const was = readEditorText(before, { hasTitle });
  const is = readEditorText(after, { hasTitle });
  return {
    ...(is.title === undefined || is.title === was.title ? {} : { title: is.title }),
    ...(is.body === was.body ? {} : { body: is.body }),
  };
}
