/**
 * What a text says, between the form that Jira keeps it in and Markdown: only what Markdown can show. Both
 * forms of Jira are read into drafts and written from them.
 */

/** Emphasis of words that Markdown shows; the last three by a tag (`<u>`, `<sub>`, `<sup>`). */
export type Emphasis = "strong" | "em" | "strike" | "code" | "underline" | "sub" | "sup";

/** Where words lead to. */
export interface Link {
  readonly href: string;
  readonly title: string | null;
}

/** Words of one look. */
export interface Words {
  readonly kind: "words";
  readonly text: string;
  /** In the order of `EMPHASES`. */
  readonly emphases: readonly Emphasis[];
  readonly link: Link | null;
}

/** A part of a line. */
export type Piece =
  | Words
  /** A line that ends within a paragraph. */
  | { readonly kind: "break" }
  /** What only Jira has, shown as a link `jira:TARGET` with its words, or as a picture. */
  | {
    readonly kind: "atom";
    readonly target: string;
    readonly words: string;
    readonly isPicture: boolean;
  }
  /** An address that is shown as such: `<https://…>`. */
  | { readonly kind: "address"; readonly url: string }
  | { readonly kind: "picture"; readonly url: string; readonly alt: string };

/** A part of a text. Its lines are in their normal form, as `tidy` returns them. */
export type Block =
  | { readonly kind: "paragraph"; readonly inline: readonly Piece[] }
  | { readonly kind: "heading"; readonly level: number; readonly inline: readonly Piece[] }
  | { readonly kind: "code"; readonly language: string | null; readonly text: string }
  | { readonly kind: "quote"; readonly blocks: readonly Block[] }
  | Panel
  | List
  | Tasks
  | Table
  | { readonly kind: "rule" };

/** A block with a name, as `> [!NOTE]`; `EXPAND` is one that opens and may have a title. */
export interface Panel {
  readonly kind: "panel";
  readonly name: string;
  readonly title: string;
  readonly blocks: readonly Block[];
}

/** A list; `start` is the first number of an ordered one, else `null`. */
export interface List {
  readonly kind: "list";
  readonly start: number | null;
  readonly items: readonly (readonly Block[])[];
}

/** A list of tasks. A list within follows the task it belongs to. */
export interface Tasks {
  readonly kind: "tasks";
  readonly entries: readonly (Task | Tasks)[];
}

/** One task. */
export interface Task {
  readonly kind: "task";
  readonly isDone: boolean;
  readonly inline: readonly Piece[];
}

/** A table; each row has as many cells as the first one. A first row without words is no head. */
export interface Table {
  readonly kind: "table";
  readonly hasHead: boolean;
  readonly rows: readonly (readonly (readonly Piece[])[])[];
}

/** The order of emphases, from the outermost. */
export const EMPHASES: readonly Emphasis[] = [
  "strong",
  "em",
  "strike",
  "underline",
  "sub",
  "sup",
  "code",
];

/** Scheme of what only Jira has. */
export const ATOM_SCHEME = "jira:";

/** Names of panels. */
export const PANEL_NAMES: readonly string[] = [
  "NOTE",
  "IMPORTANT",
  "TIP",
  "WARNING",
  "CAUTION",
  "SUCCESS",
  "CUSTOM",
  "EXPAND",
];

/** Whether an address may be a link: scripts and the like are not. */
export function isLinkable(href: string): boolean {
  return !/^\s*(?:javascript|vbscript|file|data|jira):/i.test(href) && !CONTROLS.test(href);
}

const CONTROLS = /\p{Cc}|[^\S ]/u;

/** Whether an address can stand in brackets alone and be read as one. */
export function isAddress(url: string): boolean {
  return /^[a-z][a-z0-9+.-]{1,31}:[^\s<>\p{Cc}]*$/iu.test(url) && isLinkable(url);
}

/** Whether words are code. */
export function isCode({ emphases }: Words): boolean {
  return emphases.length > 0 && emphases.includes("code");
}

/** Whether the name of a language can stand behind a fence. */
export function isLanguage(language: string): boolean {
  return /^[\w+#.-]+$/.test(language);
}

/** Returns plain words. */
export function plain(text: string): Words {
  return { kind: "words", text, emphases: [], link: null };
}

/** Returns words with one blank where there are blanks or ends of lines. */
export function oneLine(words: string): string {
  return words.replace(/[\s\0]+/g, " ").trim();
}

/** Returns emphases in their order, each once. */
export function ordered(emphases: readonly Emphasis[]): readonly Emphasis[] {
  if (emphases.length < 2) return emphases;
  const given = new Set(emphases);
  return EMPHASES.filter((one) => given.has(one));
}

/** Returns a text that is the same for drafts that say the same. The words of an atom are Jira's own. */
export function keyOf(draft: unknown): string {
  return JSON.stringify(draft, (_key, value) => isAtom(value) ? atomKey(value) : value);
}

function isAtom(value: unknown): value is Piece & { kind: "atom" } {
  return typeof value === "object" && value !== null && "kind" in value && value.kind === "atom";
}

function atomKey(atom: Piece & { kind: "atom" }): string {
  const words = atom.target.startsWith("status/") ? ` ${atom.words}` : "";
  return `${atom.target}${words}`;
}
