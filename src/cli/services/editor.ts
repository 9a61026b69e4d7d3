import { givenText } from "../../platform/decode_text.ts";
import { join } from "../../platform/paths.ts";
import type { Platform } from "../../platform/platform.ts";
import { randomHex } from "../../platform/random.ts";
import { commandWords } from "../../platform/command_word.ts";
import { TrackerError } from "../../platform/tracker_error.ts";
import { ensureUserDirectory, userPaths } from "../../user/paths.ts";

/** A text that a person wrote in an editor. */
export interface WrittenText {
  readonly text: string;
  /** The file that holds it until {@link WrittenText.discard}. */
  readonly path: string;
  /** Removes the file: the text has arrived, or is none. */
  discard(): Promise<void>;
}

/**
 * Has a person write a text in the editor of `VISUAL`, else of `EDITOR`, in a file that only they can read.
 *
 * @param name Begins the name of the file.
 * @param before What the file holds at first; as long as that is all, there is no text to keep.
 * @throws {TrackerError} `no_editor`; `editor_failed` and `not_utf8`, which leave the file where it is; what starting it
 *   throws.
 */
export async function writeInEditor(
  platform: Platform,
  name: string,
  before = "",
): Promise<WrittenText> {
  const { files, processes, signals, random } = platform;
  const [command, ...args] = requireEditor(platform);
  await ensureUserDirectory(platform);
  const { drafts } = userPaths(platform);
  await files.makeDirectory(drafts, 0o700);
  const path = join(drafts, `${name}-${randomHex(random, 6)}.md`);
  await files.writeAtomic(path, before, { mode: 0o600 });
  const discard = () => files.remove(path);
  // Ctrl-C is for the editor, too, which has its own use for it.
  const stop = signals.listen("SIGINT", () => {});
  try {
    const code = await processes.runAttached({ command, args: [...args, path] });
    const text = givenText(await files.readBytes(path) ?? new Uint8Array(), `"${path}"`);
    const isNone = text.trim() === "" || text === before;
    if (code !== 0 && !isNone) throw editorFailed(command, code, path);
    if (isNone) await discard();
    if (code !== 0) throw editorFailed(command, code, null);
    return { text, path, discard };
  } catch (error) {
    if (error instanceof TrackerError && error.code.startsWith("command_")) await discard();
    throw error;
  } finally {
    stop();
  }
}

/** Returns a failure with the place of the text that has not arrived: `kept` is a sentence that says it. */
export function withText(error: unknown, path: string, kept: string): unknown {
  if (!(error instanceof TrackerError)) return error;
  const { code, message, details, exitCode } = error;
  return new TrackerError({
    code,
    message,
    nextAction: [error.nextAction, kept].filter((part) => part !== null).join(" "),
    details: { ...details, text_file: path },
    exitCode,
    cause: error,
  });
}

/**
 * Returns the editor and its options.
 *
 * @throws {TrackerError} `no_editor`.
 */
export function requireEditor({ env, system }: Platform): readonly [string, ...string[]] {
  const named = [env.get("VISUAL"), env.get("EDITOR")].find((one) => one?.trim());
  const [command, ...options] = commandWords(named ?? "", system.os).words;
  if (command === undefined) throw noEditor();
  return [command, ...options];
}

function noEditor(): TrackerError {
  return new TrackerError({
    code: "no_editor",
    message: "No editor is set",
    nextAction: "Set `VISUAL` or `EDITOR` to its command, or give the text.",
  });
}

function editorFailed(command: string, code: number | null, path: string | null): TrackerError {
  const how = code === null ? "was ended by a signal" : `failed with exit code ${code}`;
  return new TrackerError({
    code: "editor_failed",
    message: `The editor "${command}" ${how}`,
    nextAction: path === null ? "Nothing was sent." : `Nothing was sent. Your text is in ${path}`,
    details: { command, exit_code: code, text_file: path },
  });
}
