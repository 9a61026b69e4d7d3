import { isDocument } from "./adf/document.ts";
import { markdownOf } from "./adf/shown.ts";
import type { JiraTexts } from "./texts.ts";

/** Texts as documents of Atlassian's, which Jira in the cloud keeps. */
export const DOCUMENT_TEXTS: JiraTexts = {
  shown(text) {
    const shown = markdownOf(text);
    return shown === "" ? null : shown;
  },
  async edited(markdown, before) {
    // What edits takes more than what shows, and most rounds edit nothing.
    const { documentAfter } = await import("./adf/edited.ts");
    const document = isDocument(before) ? before : null;
    const after = documentAfter(markdown, document);
    if (after === null) return { kind: "refused" };
    return after.document === document
      ? { kind: "same" }
      : { kind: "changed", text: after.document, lost: after.lost };
  },
};
