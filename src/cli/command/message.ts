import type { Message } from "@optique/core/message";

/** The words there are to choose from, the last after an "or". */
export function listed(words: readonly string[]): string {
  return `${words.slice(0, -1).join(", ")} or ${words.at(-1) ?? ""}`;
}

/** A plain text as the grammar library takes it. */
export function text(words: string): Message {
  return [{ type: "text", text: words }];
}
