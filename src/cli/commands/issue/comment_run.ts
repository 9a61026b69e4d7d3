import { PROVIDER_TITLES } from "../../../contract/providers.ts";
import { commandWord } from "../../../platform/command_word.ts";
import { TrackerError, usageError } from "../../../platform/tracker_error.ts";
import { type AddedComment, notPushedYet } from "../../../sync/issue_comments.ts";
import { type Backend, openBackend } from "../../../tracker/backend.ts";
import type { Context } from "../../command/context.ts";
import { untilInterrupted } from "../../terminal/interrupt.ts";
import { ATTENTION, DONE, text } from "../../terminal/text.ts";
import { type ChosenIssue, namesIssue, withIssue } from "../../services/named_issue.ts";
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
  const added = await write(context, backend, id, given);
  if (added.state === "failed") throw refused(backend, added);
  if (context.globals.json) context.output.json(addedCommentJson(added));
  else report(context, backend, added);
  return 0;
}

async function write(
  context: Context,
  backend: Backend,
  id: string,
  given: string,
): Promise<AddedComment> {
  if (backend.kind === "local") return await backend.service.issueComment(id, given);
  const onWaiting = () =>
    context.output.notice(
      `The host has the comment. Waiting for its delivery to ${
        PROVIDER_TITLES[backend.provider]
      } …`,
    );
  return await untilInterrupted(
    context,
    (signal) => backend.service.issueComment(id, given, { signal, onWaiting }),
  );
}

function report(
  { output }: Context,
  { kind, provider }: Backend,
  { ref, state, wasThere }: AddedComment,
): void {
  const name = ref.key ?? ref.id;
  const title = PROVIDER_TITLES[provider];
  if (state === "waiting") {
    output.result(
      text`${ATTENTION} The host has the comment on ${name}; it is not at ${title} yet`,
    );
    output.notice(`  Look later: \`tracker issue show ${commandWord(name)} --comments\``);
    return;
  }
  const where = kind === "local" ? "" : state === "added" ? ` at ${title}` : " at the host";
  output.result(text`${DONE} Commented on ${name}${where}`);
  if (wasThere) output.notice("  It was there already: an earlier sending had arrived.");
}

/** A comment that the tracker did not take stays at the host. */
function refused({ provider }: Backend, { ref, comment }: AddedComment): TrackerError {
  const name = ref.key ?? ref.id;
  const why = comment.delivery?.message ?? null;
  return new TrackerError({
    code: "comment_refused",
    message: `${PROVIDER_TITLES[provider]} did not take the comment on ${name}${
      why === null ? "" : `: ${why}`
    }`,
    nextAction:
      `It stays at the host, where \`tracker issue show ${
        commandWord(name)
      } --comments\` shows it. ` +
      "Write it again once the cause is gone.",
    details: { id: ref.id, comment_id: comment.id ?? null, reason: why },
  });
}
