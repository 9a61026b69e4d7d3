import { wikiMarkdown } from "./wiki/shown.ts";
import type { JiraTexts } from "./texts.ts";

/** Texts in the markup that a server of a team's own keeps. */
export const MARKUP_TEXTS: JiraTexts = {
  shown(text) {
    const shown = typeof text === "string" ? wikiMarkdown(text) : "";
    return shown === "" ? null : shown;
  },
  async edited(markdown, before) {
    // What edits takes more than what shows, and most rounds edit nothing.
    const { wikiAfter } = await import("./wiki/edited.ts");
    const text = typeof before === "string" ? before : "";
    const after = wikiAfter(markdown, text);
    if (after === null) return { kind: "refused" };
    return after.text === text ? { kind: "same" } : { kind: "changed", ...after };
  },
};
