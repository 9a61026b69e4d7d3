import { commandWord } from "../../../platform/command_word.ts";
import { usageError } from "../../../platform/tracker_error.ts";
import type { Context } from "../../command/context.ts";
import type { EditResult } from "../../../sync/edits.ts";
import { requireEditor, withText, writeInEditor } from "../../services/editor.ts";
import { changedText, editorText, type IssueText } from "./editor_text.ts";

/** What a person has written of an issue. */
export type WrittenIssue = ReturnType<typeof changedText>;

/** How an issue is written in an editor. */
export interface EditorUse {
  /** What the text holds at first; without a title it is a body alone. */
  readonly before: IssueText;
  /** The command, to which `--body-file` may be added. */
  readonly command: string;
  /** Enters what was written; the file goes once that has returned. */
  readonly enter: (written: WrittenIssue) => Promise<EditResult>;
}

/** What came of it; `empty` and `unchanged` have entered nothing. */
export type EditorOutcome =
  | { readonly kind: "entered"; readonly result: EditResult }
  | { readonly kind: "empty" | "unchanged" };

/**
 * Has a person write title and body of an issue in their editor. The text stays in its file, and its place is told, where it
 * could not be entered.
 *
 * @throws {TrackerError} what the editor and `enter` throw.
 */
export async function writeIssue(
  { platform, output }: Context,
  { before, command, enter }: EditorUse,
): Promise<EditorOutcome> {
  const hasTitle = before.title !== undefined;
  const start = editorText(before);
  requireEditor(platform);
  output.notice(
    hasTitle
      ? "In the editor: the title is the first line, the body comes after an empty one."
      : "In the editor: the text is the body.",
  );
  const { text, path, discard } = await writeInEditor(platform, "issue", start);
  if (text.trim() === "") return { kind: "empty" };
  // A new issue has its title in the first line that is not empty.
  const given = before.title === "" ? text.replace(/^\s*\n/, "") : text;
  const written = changedText(start, given, { hasTitle });
  if (Object.keys(written).length === 0) {
    await discard();
    return { kind: "unchanged" };
  }
  try {
    const result = await enter(written);
    await discard();
    return { kind: "entered", result };
  } catch (error) {
    throw withText(
      error,
      path,
      hasTitle
        ? `Your text is kept in ${path}; its first line is the title.`
        : `Your text is kept: \`${command} --body-file ${commandWord(path)}\` enters it.`,
    );
  }
}

/** Refuses options that exclude an editor. */
export function checkEditor(
  { globals }: Pick<Context, "globals">,
  { body, bodyFile }: { readonly body: string | undefined; readonly bodyFile: string | undefined },
): void {
  const other = globals.noInput
    ? "--no-input"
    : body !== undefined
    ? "--body"
    : bodyFile !== undefined
    ? "--body-file"
    : undefined;
  if (other !== undefined) throw usageError(`\`--editor\` and \`${other}\` exclude each other`);
}
