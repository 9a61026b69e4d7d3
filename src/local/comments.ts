import * as v from "valibot";
import { parseWith } from "../contract/parse.ts";
import { unreadable } from "./json_bytes.ts";

/** A comment on an issue, as the tool has it now. */
export interface IssueComment {
  /** Who wrote it; `null` where the tool does not say. */
  readonly author: string | null;
  /** When it was written, in the tool's words; `null` where the tool does not say. */
  readonly createdAt: string | null;
  /** What it says; what is longer than {@link LONGEST_COMMENT} is cut off and ends with `…`. */
  readonly text: string;
}

/** The comments on an issue, oldest first. */
export interface IssueComments {
  /** The latest of them. */
  readonly comments: readonly IssueComment[];
  /** How many there are, those that are left out included. */
  readonly total: number;
}

/** How many comments are kept of a longer list. */
export const MOST_COMMENTS = 500;

/** How many UTF-16 code units are kept of a longer comment. */
export const LONGEST_COMMENT = 65_536;

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
    comments: all.slice(-MOST_COMMENTS).map((comment) => ({
      author: comment.author ?? null,
      createdAt: comment.created_at ?? comment.createdAt ?? null,
      text: shortened(comment.text ?? comment.content ?? ""),
    })),
  };
}

function shortened(text: string): string {
  return text.length > LONGEST_COMMENT ? `${text.slice(0, LONGEST_COMMENT - 1)}…` : text;
}
