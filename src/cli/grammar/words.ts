import type { Message } from "@optique/core/message";

/** A plain text as the grammar library takes it. */
export function text(words: string): Message {
  return [{ type: "text", text: words }];
}
