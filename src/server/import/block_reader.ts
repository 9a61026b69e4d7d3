import type { BytesReader } from "../../platform/bytes_reader.ts";

const BLOCK_BYTES = 16 * 1024;

/** Blocks that are kept: 4 MiB. */
const MOST_BLOCKS = 256;

/** Reads pieces of a source in any order, and keeps the blocks that were read last: most pieces are near each other. */
export class BlockReader {
  readonly #source: BytesReader;
  /** By their number; the one used last comes last. */
  readonly #blocks = new Map<number, Uint8Array>();

  constructor(source: BytesReader) {
    this.#source = source;
  }

  /** Returns what is between two places, or less where the source ends before. */
  read(from: number, to: number): Uint8Array {
    const first = Math.floor(from / BLOCK_BYTES);
    const start = first * BLOCK_BYTES;
    if (to <= start + BLOCK_BYTES) return this.#block(first).subarray(from - start, to - start);
    const bytes = new Uint8Array(to - from);
    if (bytes.length > BLOCK_BYTES) return bytes.subarray(0, this.#source.read(from, bytes));
    // A block that is read takes the place of another one, which may be the one before.
    const head = this.#block(first).subarray(from - start);
    bytes.set(head);
    const rest = this.#block(first + 1).subarray(0, bytes.length - head.length);
    bytes.set(rest, head.length);
    return bytes.subarray(0, head.length + rest.length);
  }

  #block(number: number): Uint8Array {
    const known = this.#blocks.get(number);
    if (known !== undefined) return known;
    let block: Uint8Array | undefined;
    if (this.#blocks.size >= MOST_BLOCKS) {
      const [oldest] = this.#blocks;
      if (oldest !== undefined) {
        this.#blocks.delete(oldest[0]);
        if (oldest[1].byteLength === BLOCK_BYTES) block = oldest[1];
      }
    }
    block ??= new Uint8Array(BLOCK_BYTES);
    const length = this.#source.read(number * BLOCK_BYTES, block);
    const read = block.subarray(0, length);
    this.#blocks.set(number, read);
    return read;
  }
}
