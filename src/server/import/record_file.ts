import { parseLargeJson } from "../../contract/large_json.ts";
import { PartedText } from "../../contract/parted_text.ts";
import type { BytesReader } from "../../platform/bytes_reader.ts";
import { decodeParts, notUtf8 } from "../../platform/decode_text.ts";
import type { Pause } from "../../platform/pauses.ts";
import { TrackerError } from "../../platform/tracker_error.ts";
import { BlockReader } from "./block_reader.ts";
import { MAX_RECORD_BYTES } from "./byte_scanner.ts";
import { linesIn, NOTHING_YET, outlineOf, type RecordBytes, recordsInList } from "./document.ts";

/** What has to be known of a file. */
export interface RecordFileOptions {
  /** The file, as a person calls it. */
  readonly file: string;
  /** Puts U+FFFD where the bytes are not UTF-8. */
  readonly isLossy?: boolean;
}

/** A record that is longer is parsed in pieces, with pauses between them. */
const LARGE_BYTES = 512 * 1024;

const NOT_JSON = "The line is not JSON";

const MARK = /^(?:<{7}|\|{7}|={7}|>{7})(?:[ \t\r]|$)/;

/** The first bytes of a line that is a mark of a conflict: `<`, `|`, `=`, `>`. */
const MARK_BYTES = new Set([0x3c, 0x7c, 0x3d, 0x3e]);

/** A JSON array, an object that holds one, or JSON Lines: records that are read one by one. */
export class RecordFile {
  readonly #source: BytesReader;
  readonly #options: RecordFileOptions;
  readonly #pause: Pause;
  readonly #decoder: TextDecoder;
  /** Behind the byte order mark. */
  #start = 0;
  /** Where the list of a document begins; `null` of lines. */
  #list: number | null = null;
  /** Where it became clear that it is no document; `null` for the end. */
  #fault: number | null = null;
  readonly #blocks: BlockReader;

  private constructor(source: BytesReader, options: RecordFileOptions, pause: Pause) {
    this.#source = source;
    this.#options = options;
    this.#pause = pause;
    this.#blocks = new BlockReader(source);
    const fatal = options.isLossy !== true;
    this.#decoder = new TextDecoder("utf-8", { fatal, ignoreBOM: true });
  }

  /** Looks through a file for the list that it holds. */
  static async open(
    source: BytesReader,
    options: RecordFileOptions,
    pause: Pause,
  ): Promise<RecordFile> {
    const file = new RecordFile(source, options, pause);
    const first = new Uint8Array(3);
    const length = source.read(0, first);
    if (length === 3 && first.toHex() === "efbbbf") file.#start = 3;
    await file.#look();
    return file;
  }

  async #look(): Promise<void> {
    const steps = outlineOf(this.#source, this.#start);
    for (let isJson = true;;) {
      await this.#pause();
      const { done, value } = steps.next(isJson);
      if (done !== true) isJson = value === NOTHING_YET || await this.#isJson(value);
      else if (value.kind === "list") this.#list = value.from;
      else this.#fault = value.at;
      if (done === true) return;
    }
  }

  async #isJson(bytes: Uint8Array): Promise<boolean> {
    const value = this.isLarge(bytes) ? await this.parseLarge(bytes) : this.parse(bytes);
    return value !== undefined;
  }

  /**
   * Returns the records in the order of the file, or its lines, which may be blank.
   *
   * @throws {TrackerError} `import_unmerged` when git has left the marks of a conflict: which side counts is for a person
   * to say.
   */
  *records(): Generator<RecordBytes | typeof NOTHING_YET> {
    const list = this.#list;
    if (list !== null) return yield* recordsInList(this.#source, list);
    for (const line of linesIn(this.#source, this.#start)) {
      if (line !== NOTHING_YET && MARK_BYTES.has(line.bytes?.[0] ?? 0)) this.#refuseMark(line);
      yield line;
    }
  }

  /** Returns why a record has no value; `null` of a blank line. */
  faultOf({ from, to, bytes }: RecordBytes): string | null {
    if (bytes === null) return this.#tooLong(from, to);
    return this.#list === null && this.#decode(bytes).trim() === "" ? null : NOT_JSON;
  }

  /** A line in which a document ends before its end is none, however long it is. */
  #tooLong(from: number, to: number): string {
    const fault = this.#fault ?? this.#source.size;
    return this.#list === null && fault >= from && fault <= to
      ? NOT_JSON
      : `It is longer than ${MAX_RECORD_BYTES / 1024 / 1024} MiB`;
  }

  #refuseMark({ bytes, line }: RecordBytes): void {
    if (bytes === null || !MARK.test(new TextDecoder().decode(bytes.subarray(0, 8)))) return;
    const { file } = this.#options;
    throw new TrackerError({
      code: "import_unmerged",
      message: `The file "${file}" holds marks of a merge conflict, the first in line ${line}`,
      nextAction: "Resolve the conflict, then import the file again.",
      details: { file, line },
    });
  }

  /** Returns the bytes of a record by its place. */
  bytesAt({ from, to }: Pick<RecordBytes, "from" | "to">): Uint8Array {
    return this.#blocks.read(from, to);
  }

  /** Returns whether a record takes long to parse. */
  isLarge(bytes: Uint8Array): boolean {
    return bytes.length > LARGE_BYTES;
  }

  /**
   * Returns the value of a record; `undefined` when it is no JSON.
   *
   * @throws {TrackerError} `not_utf8`.
   */
  parse(bytes: Uint8Array): unknown {
    const text = this.#decode(bytes);
    try {
      // A record, as a file, may begin with a byte order mark.
      return JSON.parse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
    } catch {
      return undefined;
    }
  }

  /** Does the same for a large one, with pauses. */
  async parseLarge(bytes: Uint8Array): Promise<unknown> {
    const text = new PartedText(await this.#decodeLarge(bytes));
    try {
      return await parseLargeJson(text, this.#pause);
    } catch {
      return undefined;
    }
  }

  async #decodeLarge(bytes: Uint8Array): Promise<string[]> {
    try {
      return await decodeParts(bytes, this.#pause, { lossy: this.#options.isLossy === true });
    } catch (error) {
      throw notUtf8(`"${this.#options.file}"`, error);
    }
  }

  #decode(bytes: Uint8Array): string {
    try {
      return this.#decoder.decode(bytes);
    } catch (error) {
      throw notUtf8(`"${this.#options.file}"`, error);
    }
  }
}
