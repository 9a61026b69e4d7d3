import { collectBytes } from "./byte_collector.ts";
import { TrackerError } from "./tracker_error.ts";

/** How a file is read. */
export interface ReadOptions {
  /** Refuses a longer file, and everything that is no regular file: a pipe or a device may never end. */
  readonly maxBytes?: number;
  /** A listing of the directory has just told that the path is a regular file: no look comes before opening it. */
  readonly isRegular?: boolean;
  /** Takes a pipe or a device too, which a person may name: as much of it as `maxBytes`, and it is refused after that. */
  readonly takesPipes?: boolean;
}

/**
 * Reads a regular file of at most `maxBytes`. The calls do not wait one by one: five of them each take longer to hand
 * over to another thread than to do, and the files are small.
 *
 * @throws {TrackerError} `not_a_file`, `file_too_large`; what the system threw otherwise.
 */
export function readBounded(
  path: string,
  maxBytes: number,
  isRegular = false,
): Uint8Array<ArrayBuffer> {
  // Opening a pipe waits for its writer, so the look comes first; the second one is for what was opened.
  if (!isRegular) requireRegular(path, look(path), maxBytes);
  using file = Deno.openSync(path, { read: true });
  const { size } = requireRegular(path, file.statSync(), maxBytes);
  let bytes = new Uint8Array(size + 1);
  let length = 0;
  for (;;) {
    const read = file.readSync(bytes.subarray(length));
    if (read === null) return bytes.slice(0, length);
    length += read;
    // The files of some file systems have no size, and others grow.
    if (length > maxBytes) throw fileTooLarge(path, maxBytes);
    if (length === bytes.length) bytes = enlarged(bytes, maxBytes);
  }
}

/**
 * Reads what a person named, a pipe or a device as well: it ends, or has more than `maxBytes`. Waits in another thread, as
 * a pipe has its content when its writer does.
 *
 * @throws {TrackerError} `file_too_large`; what the system threw otherwise.
 */
export async function readPiped(
  path: string,
  maxBytes: number,
): Promise<Uint8Array<ArrayBuffer>> {
  using file = await Deno.open(path, { read: true });
  const collector = collectBytes(maxBytes, (await file.stat()).size);
  const buffer = new Uint8Array(PIECE_BYTES);
  for (;;) {
    const read = await file.read(buffer);
    if (read === null) return collector.bytes();
    if (!collector.add(buffer.subarray(0, read))) throw fileTooLarge(path, maxBytes);
  }
}

/** How much is asked for at once. */
const PIECE_BYTES = 256 * 1024;

const SMALL_BYTES = 4096;

/** Where short starts are read into, one after the other: a buffer for each costs as much as reading does. */
const small = new Uint8Array(SMALL_BYTES);

/**
 * Reads the start of a regular file of any length as text, at most `maxBytes` of it, in the way of {@link readBounded}.
 *
 * @throws {TrackerError} `not_a_file`; what the system threw otherwise.
 */
export function readHead(path: string, maxBytes: number, isRegular = false): string {
  if (!isRegular) requireRegular(path, look(path), Infinity);
  using file = Deno.openSync(path, { read: true });
  if (!isRegular) requireRegular(path, file.statSync(), Infinity);
  const bytes = maxBytes <= SMALL_BYTES ? small.subarray(0, maxBytes) : new Uint8Array(maxBytes);
  let length = 0;
  while (length < maxBytes) {
    const read = file.readSync(bytes.subarray(length));
    if (read === null) break;
    length += read;
  }
  // The last character may be cut.
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes.subarray(0, length), {
    stream: true,
  });
}

function enlarged(bytes: Uint8Array, maxBytes: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(Math.min(bytes.length * 2 + 4096, maxBytes + 1));
  larger.set(bytes);
  return larger;
}

function look(path: string): Deno.FileInfo {
  try {
    return Deno.statSync(path);
  } catch (error) {
    // Of what the system makes up, such as `/dev/stdin`, Deno shows nothing unless everything is allowed.
    if (
      error instanceof Deno.errors.NotCapable && error.message.startsWith("Requires all access")
    ) {
      throw notAFile(path, false);
    }
    throw error;
  }
}

function requireRegular(path: string, info: Deno.FileInfo, maxBytes: number): Deno.FileInfo {
  if (!info.isFile) throw notAFile(path, info.isDirectory);
  if (info.size > maxBytes) throw fileTooLarge(path, maxBytes);
  return info;
}

/** Returns the failure of using what is a directory, a pipe or a device as a file. */
export function notAFile(path: string, isDirectory: boolean): TrackerError {
  return new TrackerError({
    code: "not_a_file",
    message: isDirectory
      ? `"${path}" is a directory, not a file`
      : `"${path}" is a pipe or a device, not a regular file`,
    nextAction: "Put a regular file in its place, then try again.",
    details: { path },
  });
}

function fileTooLarge(path: string, maxBytes: number): TrackerError {
  const kib = Math.floor(maxBytes / 1024);
  const most = kib < 32 * 1024 ? `${kib} KiB` : `${Math.floor(kib / 1024)} MiB`;
  return new TrackerError({
    code: "file_too_large",
    message: `Cannot read "${path}": it is larger than ${most}`,
    nextAction: "Check what the file is, and replace it by a smaller one.",
    details: { path, max_bytes: maxBytes },
  });
}
