import { commandWord } from "../../../platform/command_word.ts";
import { type TrackerError, usageError } from "../../../platform/tracker_error.ts";
import { notPushedYet } from "../../../sync/issue_comments.ts";
import { type Backend, openBackend } from "../../../tracker/backend.ts";
import type { Context } from "../../command/context.ts";
import { type ChosenIssue, namesIssue, withIssue } from "../../services/named_issue.ts";
import { reportComment, writeComment } from "./commenting.ts";
import { addedCommentJson } from "./json.ts";

/** What to write, and on which issue. */
export interface CommentOptions {
  /** The issue; a word that stands alone may be the text, see {@link run}. */
  readonly key: string | undefined;
  /** The text in words, or `-` alone for the input; none with {@link CommentOptions.editor}. */
  readonly words: readonly string[];
  /** Whether the text is written in an editor. */
  readonly editor: boolean;
}

/** Refuses a line without a text, or with two. */
export function check({ globals }: Context, { key, words, editor }: CommentOptions): void {
  if (editor && words.length > 0) throw usageError("`--editor` and a text exclude each other");
  if (editor && globals.noInput) throw usageError("`--editor` and `--no-input` exclude each other");
  if (!editor && words.length === 0 && (key === undefined || KEY_LIKE.test(key))) {
    throw nothingToWrite();
  }
}

/** A word of this form is taken for a key, never for a text that is sent at once. */
const KEY_LIKE = /^(?:#?\d+|[\w./]+[-#]\w*\d\w*)$/;

function nothingToWrite(): TrackerError {
  return usageError(
    "There is nothing to write",
    "Say it: `tracker issue comment KEY TEXT`, or `-` in place of TEXT to read the input.",
  );
}

/**
 * Writes a comment on an issue, and says where it is now. A word that stands alone, in quotes where it has blanks, is the
 * text for the issue of the branch, unless it names an issue.
 */
export async function run(context: Context, options: CommentOptions): Promise<number> {
  const { editor } = options;
  const isAlone = !editor && options.words.length === 0 && options.key !== undefined;
  if (isAlone && await namesIssue(context, options.key ?? "")) throw nothingToWrite();
  const words = isAlone ? [options.key ?? ""] : options.words;
  return await withIssue(context, isAlone ? undefined : options.key, async (issue, project) => {
    const backend = await openBackend(project);
    if (editor) return await fromEditor(context, backend, issue);
    const isInput = words.length === 1 && words[0] === "-";
    const given = isInput ? await context.platform.terminal.stdin.readAll() : words.join(" ");
    return await send(context, backend, issue, given);
  });
}

/** Sends what is written in an editor. Its file goes once the text has arrived. */
async function fromEditor(
  context: Context,
  backend: Backend,
  chosen: ChosenIssue,
): Promise<number> {
  // What takes no comment is told before a person writes one.
  const { isNew, issue } = await backend.service.issueShow(chosen.id);
  if (isNew) throw notPushedYet(issue.ref);
  const { writeInEditor, withText } = await import("../../services/editor.ts");
  const { text: given, path, discard } = await writeInEditor(context.platform, "comment");
  try {
    const code = await send(context, backend, chosen, given);
    await discard();
    return code;
  } catch (error) {
    if (given.trim() === "") throw error;
    const command = `tracker issue comment ${commandWord(chosen.name)} - < ${commandWord(path)}`;
    throw withText(error, path, `Your text is kept: \`${command}\` sends it.`);
  }
}

async function send(
  context: Context,
  backend: Backend,
  { id }: ChosenIssue,
  given: string,
): Promise<number> {
  const added = await writeComment(context, backend, id, given);
  if (context.globals.json) context.output.json(addedCommentJson(added));
  else reportComment(context, backend, added);
  return 0;
}
