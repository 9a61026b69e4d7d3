import {
  COMMENT_DELIVERY_STATES,
  type CommentDelivery,
  type CommentsResult,
  type IssueComment,
} from "../comments.ts";
import { isJsonObject, type JsonObject } from "../field.ts";
import { itemErrors } from "./discovery.ts";
import { timeOf } from "./issue.ts";
import { type AnswerReader, knownWord, plainText, type Reading, requiredText } from "./reading.ts";
import { richTextOf } from "./rich_text.ts";

/** Reads a page of comments (wire.md, Comments). */
export const CommentsReader: AnswerReader<CommentsResult> = {
  members: ["comments"],
  read(body, reading) {
    const comments = reading.list(body, "comments", (member) => readComment(member, reading));
    return {
      ...body,
      comments,
      ...itemErrors(body, reading),
      next_cursor: plainText(body["next_cursor"]),
    };
  },
};

/** Reads the comment that was added (wire.md, Comments). */
export const CommentReader: AnswerReader<IssueComment> = { members: ["id"], read: readComment };

function readComment(comment: JsonObject, reading: Reading): IssueComment {
  const { body, url, delivery } = comment;
  return {
    ...comment,
    id: requiredText(comment, "id"),
    author: nameOf(comment["author"]),
    body: typeof body === "string" ? body : plainText(body) ?? richTextOf(body) ?? "",
    created_at: timeOf(comment, "created_at"),
    updated_at: timeOf(comment, "updated_at") ?? timeOf(comment, "created_at"),
    ...(url === undefined ? {} : { url: plainText(url) }),
    ...(delivery === undefined ? {} : { delivery: deliveryOf(delivery, reading) }),
  };
}

/** A word that is not known says that the tracker does not have it yet. */
function deliveryOf(told: unknown, reading: Reading): CommentDelivery | null {
  if (!isJsonObject(told)) return null;
  const state = knownWord(COMMENT_DELIVERY_STATES, told["state"]);
  if (state === null) reading.readAs("comment delivery", told["state"], "waiting");
  return { ...told, state: state ?? "waiting", message: plainText(told["message"]) };
}

const NAMES = ["name", "display_name", "displayName", "login", "username", "email", "id"] as const;

/** A person also comes as an object. */
function nameOf(author: unknown): string | null {
  if (!isJsonObject(author)) return plainText(author);
  return NAMES.map((name) => plainText(author[name])).find((text) => text !== null) ?? null;
}
