import { LONGEST_COMMENT } from "../contract/comments.ts";
import type { ExternalRef } from "../contract/issue.ts";
import type { ItemError } from "../contract/results.ts";
import { commandWord } from "../platform/command_word.ts";
import { TrackerError } from "../platform/tracker_error.ts";

/** A comment on an issue, as the tool or the host has it now. */
export interface IssueComment {
  /** Its own id; absent where nothing is known of that. */
  readonly id?: string;
  /** Who wrote it; `null` where the other side does not say. */
  readonly author: string | null;
  /** When it was written, in the words of the other side; `null` where it does not say. */
  readonly createdAt: string | null;
  /** When it was changed last; absent for one that was never changed. */
  readonly updatedAt?: string;
  /** What it says; what is longer than {@link LONGEST_COMMENT} is cut off and ends with `…`. */
  readonly text: string;
  /** How it stands while the host has it and the tracker has not. */
  readonly delivery?: CommentDelivery;
}

/** How a comment stands that the host has and the tracker has not. */
export interface CommentDelivery {
  /** `waiting` to be delivered, or `failed` for good. */
  readonly state: "waiting" | "failed";
  /** Why it failed; `null` where that is not known. */
  readonly message: string | null;
}

/** The comments on an issue, oldest first. */
export interface IssueComments {
  /** The latest of them. */
  readonly comments: readonly IssueComment[];
  /** How many there are, those that are left out included. */
  readonly total: number;
  /** What of the answer could not be read; absent where all could. */
  readonly unreadable?: readonly ItemError[];
}

/** What writing a comment came to. */
export interface AddedComment {
  /** The issue it is on. */
  readonly ref: ExternalRef;
  /** The comment. */
  readonly comment: IssueComment;
  /**
   * `added` to the tracker; `at_host`, which does not say more; `waiting` at the host to be delivered; `failed`: it stays at
   * the host.
   */
  readonly state: "added" | "at_host" | "waiting" | "failed";
  /** It was there already: an earlier sending, whose answer was lost, had arrived. */
  readonly wasThere: boolean;
}

/** How many comments are kept of a longer list. */
export const MOST_COMMENTS = 500;

/** Returns the text of a comment, cut off where it is longer than any tracker takes. */
export function shortenedComment(text: string): string {
  return text.length > LONGEST_COMMENT ? `${text.slice(0, LONGEST_COMMENT - 1)}…` : text;
}

/**
 * Returns the text of a comment as it is sent: with line feeds as the ends of its lines, without blank ends.
 *
 * @throws {TrackerError} `invalid_comment` for one without a word, one that is too long, and one that holds control
 * characters.
 */
export function commentText(given: string): string {
  const text = given.replaceAll(/\r\n?/g, "\n").trimEnd().replace(/^\n+/, "");
  if (text.trim() === "") throw invalidComment("it holds no text");
  if (text.length > LONGEST_COMMENT) {
    const most = LONGEST_COMMENT.toLocaleString("en");
    throw invalidComment(
      `it has ${text.length.toLocaleString("en")} characters of at most ${most}`,
    );
  }
  const control = CONTROL.exec(text);
  if (control !== null) {
    const code = control[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, "0");
    throw invalidComment(`it holds the control character U+${code}`);
  }
  if (!text.isWellFormed()) throw invalidComment("it holds half of a character");
  return text;
}

/** What no text is written with, but line feeds and tabs. */
const CONTROL = /[^\P{Cc}\n\t]/u;

/** Returns the refusal of a text that cannot be a comment. */
export function invalidComment(why: string): TrackerError {
  return new TrackerError({
    code: "invalid_comment",
    message: `The comment cannot be sent: ${why}`,
    nextAction: "Correct the text, then try again. Nothing was sent.",
  });
}

/** Returns the failure of a comment on an issue that was created here and never pushed. */
export function notPushedYet({ key, id }: ExternalRef): TrackerError {
  const name = key ?? id;
  return new TrackerError({
    code: "issue_not_pushed",
    message: `"${name}" was created here and is not at the tracker yet, so it takes no comment`,
    nextAction: `Send it with \`tracker sync push\`, then run \`tracker issue comment ${
      commandWord(name)
    }\` again.`,
    details: { id },
  });
}
