/** How a Jira keeps its long texts, and how they are shown and written as Markdown. */
export interface JiraTexts {
  /** Returns what a text says; `null` when it says nothing. */
  shown(text: unknown): string | null;
  /** Returns what is to be kept for Markdown. What was not edited of `before`, the text as it is, stays as it is. */
  edited(markdown: string, before: unknown): Promise<EditedText>;
}

/** A text that was edited. */
export type EditedText =
  /** There is nothing to write. */
  | { readonly kind: "same" }
  | {
    readonly kind: "changed";
    readonly text: unknown;
    /** What the text would lose, for people. */
    readonly lost: readonly string[];
  }
  /** This Jira cannot hold it. */
  | { readonly kind: "refused" };
