import { notAFile } from "../../platform/bounded_read.ts";
import { bytesReader, type OpenFile } from "../../platform/bytes_reader.ts";
import { givenText } from "../../platform/decode_text.ts";
import { resolveFrom } from "../../platform/paths.ts";
import { TrackerError } from "../../platform/tracker_error.ts";
import type { Context } from "../command/context.ts";

/** Bytes of a text that a person named at most, as of standard input. */
const MOST_TEXT = 32 * 1024 * 1024;
/** Bytes of a pipe at most that is read to its end before anything is done. */
const MOST_PIPED = 1024 * 1024 * 1024;

/**
 * Returns the text of a file that a person named, or of a pipe.
 *
 * @throws {TrackerError} `file_missing`, `file_too_large` for more than 32 MiB, `not_a_file` for a directory, `not_utf8`.
 */
export async function readFile({ platform }: Context, file: string): Promise<string> {
  const path = resolveFrom(platform.system.cwd(), file);
  if ((await platform.files.stat(path))?.kind === "directory") throw notAFile(file, true);
  const bytes = await platform.files.readBytes(path, { maxBytes: MOST_TEXT, takesPipes: true });
  if (bytes !== null) return givenText(bytes, `"${file}"`);
  throw fileMissing(file, "file");
}

/**
 * Opens a file that a person named, to be read a piece at a time; a pipe is read to its end first. The caller disposes of it.
 *
 * @throws {TrackerError} `file_missing`, `file_too_large` for a pipe of more than 1 GiB, `not_a_file` for a directory.
 */
export async function openInput({ platform }: Context, file: string): Promise<OpenFile> {
  const path = resolveFrom(platform.system.cwd(), file);
  const kind = (await platform.files.stat(path))?.kind;
  if (kind === "directory") throw notAFile(file, true);
  if (kind === "file") {
    const opened = await platform.files.open(path);
    if (opened !== null) return opened;
  }
  const bytes = await platform.files.readBytes(path, { maxBytes: MOST_PIPED, takesPipes: true });
  if (bytes === null) throw fileMissing(file, "file");
  return { ...bytesReader(bytes), [Symbol.dispose]() {} };
}

/** Returns the failure for a path that a person named, and at which nothing is. */
export function fileMissing(file: string, what: "file" | "directory"): TrackerError {
  return new TrackerError({
    code: "file_missing",
    message: `There is no ${what} "${file}"`,
    nextAction: "Check the path. Nothing was done.",
    details: { file },
  });
}

/** Returns the text of a file that a person named, or standard input for `-`. */
export async function readFileOrInput(context: Context, file: string): Promise<string> {
  return file === "-"
    ? await context.platform.terminal.stdin.readAll()
    : await readFile(context, file);
}
