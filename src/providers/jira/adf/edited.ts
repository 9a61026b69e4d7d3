import { keyOf } from "../markdown/draft.ts";
import { readMarkdown } from "../markdown/read.ts";
import { buildBlocks, Building } from "./build.ts";
import { type AdfDocument, contentOf } from "./document.ts";
import { Drafts } from "./drafts.ts";
import { mergeBlocks } from "./merge.ts";

/** Characters of Markdown that are read; Jira takes far fewer. */
const MAX_LENGTH = 500_000;

/** A document after an edit. */
export interface AfterEdit {
  readonly document: AdfDocument;
  /** What the edit takes away beside what was seen, each in plain words. */
  readonly lost: readonly string[];
}

/**
 * Returns the document of Jira Cloud after somebody edited the Markdown that `markdownOf` shows of `before`: `before`
 * itself when it says the same. Each block that was not edited is the very node that it was. Returns `null` for
 * Markdown that the format cannot hold, as a table within a list.
 */
export function documentAfter(markdown: string, before: AdfDocument | null): AfterEdit | null {
  if (markdown.length > MAX_LENGTH) return null;
  const blocks = readMarkdown(markdown);
  if (blocks === null) return null;
  const drafts = new Drafts();
  const building = new Building(drafts.pool, markdown);
  if (before === null) {
    return afterEdit(
      { type: "doc", version: 1, content: buildBlocks(blocks, "doc", building) },
      building,
    );
  }
  const old = drafts.within(before);
  const seen = old.filter((one) => !one.isSilent);
  if (keyOf(seen.map(({ draft }) => draft)) === keyOf(blocks)) {
    return { document: before, lost: [] };
  }
  const content = mergeBlocks(old, blocks, "doc", { drafts, building });
  const nodes = contentOf(before);
  if (content.length === nodes.length && content.every((node, place) => node === nodes[place])) {
    return { document: before, lost: [] };
  }
  return afterEdit({ ...before, type: "doc", version: 1, content }, building);
}

function afterEdit(document: AdfDocument, { isRefused, lost }: Building): AfterEdit | null {
  return isRefused ? null : { document, lost: [...lost] };
}
