import { writeMarkdown } from "../markdown/write.ts";
import { readWiki } from "./read.ts";

/**
 * Returns the Markdown of wiki markup of Jira Data Center; never fails. A macro that Markdown does not know stands in
 * it as words.
 */
export function wikiMarkdown(text: string): string {
  return writeMarkdown(readWiki(text).blocks.map(({ draft }) => draft));
}
