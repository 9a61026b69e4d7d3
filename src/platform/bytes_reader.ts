import { notAFile } from "./bounded_read.ts";

/** Bytes that can be read from any place on, and read again: those of a file that is open, or some in memory. */
export interface BytesReader {
  /** How many there are. */
  readonly size: number;
  /** Reads from a place on into a buffer, as much as fits; returns how many bytes that were, 0 at the end. */
  read(at: number, into: Uint8Array): number;
}

/** A file that is open for reading. */
export interface OpenFile extends BytesReader {
  /** Closes it. */
  [Symbol.dispose](): void;
}

/** Returns a reader of bytes in memory. */
export function bytesReader(bytes: Uint8Array): BytesReader {
  return {
    size: bytes.length,
    read(at, into) {
      const part = bytes.subarray(at, at + into.length);
      into.set(part);
      return part.length;
    },
  };
}

/**
 * Opens a regular file. The calls do not wait: to hand a short one over to another thread takes longer than to do it. What
 * is added to the file from now on is not read.
 *
 * @throws {TrackerError} `not_a_file`; what the system threw otherwise.
 */
export function openFile(path: string): OpenFile {
  const file = Deno.openSync(path, { read: true });
  try {
    const { isFile, isDirectory, size } = file.statSync();
    if (!isFile) throw notAFile(path, isDirectory);
    return new SystemFile(file, size);
  } catch (error) {
    file.close();
    throw error;
  }
}

class SystemFile implements OpenFile {
  readonly size: number;
  readonly #file: Deno.FsFile;
  /** Where the system reads next. */
  #place = 0;

  constructor(file: Deno.FsFile, size: number) {
    this.#file = file;
    this.size = size;
  }

  read(at: number, into: Uint8Array): number {
    const wanted = Math.max(0, Math.min(into.length, this.size - at));
    if (wanted === 0) return 0;
    if (at !== this.#place) this.#file.seekSync(at, Deno.SeekMode.Start);
    this.#place = at;
    let length = 0;
    while (length < wanted) {
      const read = this.#file.readSync(into.subarray(length, wanted));
      if (read === null) break;
      length += read;
    }
    this.#place += length;
    return length;
  }

  [Symbol.dispose](): void {
    this.#file.close();
  }
}
