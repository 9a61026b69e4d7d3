import * as v from "valibot";
import { parseWith } from "../contract/parse.ts";
import { commandWord } from "../platform/command_word.ts";
import { TrackerError } from "../platform/tracker_error.ts";
import {
  type IssueComment,
  type IssueComments,
  MOST_COMMENTS,
  shortenedComment,
} from "../sync/issue_comments.ts";
import { unreadable } from "./json_bytes.ts";

const text = v.nullish(v.string());

/** A comment of `bd` has a text, one of `fp` a content. */
const CommentSchema = v.looseObject({
  author: text,
  text,
  content: text,
  created_at: text,
  createdAt: text,
});

const CommentsSchema = v.looseObject({ comments: v.nullish(v.array(CommentSchema)) });

/** Reads the comment that a tool answers with; `null` when it is none that can be read. */
export function readComment(value: unknown): IssueComment | null {
  const parsed = parseWith(CommentSchema, value);
  if (!parsed.ok || (parsed.value.text ?? parsed.value.content) == null) return null;
  return commentOf(parsed.value);
}

const UNSURE: readonly string[] = [
  "command_timeout",
  "command_output_too_large",
  "tool_answer_unreadable",
];

/** Returns the failure of a comment of which nobody knows whether the tool has written it. */
export function perhapsWritten(error: unknown, id: string): unknown {
  if (!(error instanceof TrackerError) || !UNSURE.includes(error.code)) return error;
  const { code, message, details } = error;
  return new TrackerError({
    code,
    message,
    nextAction:
      `Look whether it has written the comment, before you write it again: \`tracker issue show ${
        commandWord(id)
      } --comments\``,
    details,
    cause: error,
  });
}

/**
 * Reads the comments of an object that has them under `comments`: the latest {@link MOST_COMMENTS}.
 *
 * @throws {TrackerError} `tool_answer_unreadable`.
 */
export function readComments(value: unknown): IssueComments {
  const parsed = parseWith(CommentsSchema, value);
  if (!parsed.ok) throw unreadable(`"${parsed.path}" ${parsed.message}`);
  const all = parsed.value.comments ?? [];
  return {
    total: all.length,
    comments: all.slice(-MOST_COMMENTS).map(commentOf),
  };
}

function commentOf(comment: v.InferOutput<typeof CommentSchema>): IssueComment {
  return {
    author: comment.author ?? null,
    createdAt: comment.created_at ?? comment.createdAt ?? null,
    text: shortenedComment(comment.text ?? comment.content ?? ""),
  };
}
