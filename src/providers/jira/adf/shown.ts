import { writeMarkdown } from "../markdown/write.ts";
import { isNode } from "./document.ts";
import { Drafts } from "./drafts.ts";

/**
 * Returns the Markdown of a document of Jira Cloud; never fails. A node that Markdown cannot express is a link
 * `jira:KIND/HASH` with its words. What is not a document says nothing.
 */
export function markdownOf(document: unknown): string {
  if (!isNode(document)) return "";
  const drafted = new Drafts().within(document);
  return writeMarkdown(drafted.filter((one) => !one.isSilent).map(({ draft }) => draft));
}
