import type { JiraTexts } from "../../../src/providers/jira/texts.ts";

/** Returns a document of paragraphs. */
export function paragraphs(text: string) {
  return {
    type: "doc",
    version: 1,
    content: text.split("\n\n").map((paragraph) => ({
      type: "paragraph",
      content: [{ type: "text", text: paragraph }],
    })),
  };
}

/** Documents of nothing but paragraphs of text. */
export const PLAIN_TEXTS: JiraTexts = {
  shown(text) {
    if (text === null || text === undefined) return null;
    const found = [...JSON.stringify(text).matchAll(/"text":"((?:[^"\\]|\\.)*)"/g)];
    const shown = found.map(([, one]) => JSON.parse(`"${one}"`)).join("\n\n");
    return shown === "" ? null : shown;
  },
  edited(markdown, before) {
    if (PLAIN_TEXTS.shown(before) === markdown) return Promise.resolve({ kind: "same" });
    if (markdown.includes("\u0000")) return Promise.resolve({ kind: "refused" });
    const lost = JSON.stringify(before ?? null).includes('"media"') ? ["a picture"] : [];
    return Promise.resolve({ kind: "changed", text: paragraphs(markdown), lost });
  },
};

/** Texts that are kept as they are written. */
export const WRITTEN_TEXTS: JiraTexts = {
  shown: (text) => typeof text === "string" && text !== "" ? text : null,
  edited: (markdown, before) =>
    Promise.resolve(
      markdown === before ? { kind: "same" } : { kind: "changed", text: markdown, lost: [] },
    ),
};
