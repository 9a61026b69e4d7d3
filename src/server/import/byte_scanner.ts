import type { BytesReader } from "../../platform/bytes_reader.ts";

/** What stands behind the last byte. */
export const END = -1;

/** Most bytes of one record. */
export const MAX_RECORD_BYTES: number = 32 * 1024 * 1024;

/** Bytes that are read at once. */
const WINDOW_BYTES = 256 * 1024;

const [QUOTE, BACKSLASH] = [0x22, 0x5c];

/**
 * Goes through bytes from the first to the last, and has at hand what it has passed since {@link ByteScanner.keep}: a record
 * at most.
 */
export class ByteScanner {
  readonly #source: BytesReader;
  #window = new Uint8Array(WINDOW_BYTES);
  /** Where the window begins. */
  #base: number;
  /** The present place, in the window. */
  #at = 0;
  /** Where what was read ends, in the window. */
  #end = 0;
  /** From where on bytes are kept, in the window. */
  #kept: number | null = null;
  #isTooLong = false;
  #reads = 0;

  constructor(source: BytesReader, from = 0) {
    this.#source = source;
    this.#base = from;
  }

  /** The present place. */
  get place(): number {
    return this.#base + this.#at;
  }

  /** How often bytes were read so far. */
  get reads(): number {
    return this.#reads;
  }

  /** Returns the byte at the present place, or {@link END}. */
  peek(): number {
    if (this.#at === this.#end && !this.#fill()) return END;
    return this.#window[this.#at] ?? END;
  }

  /** Passes the byte that {@link ByteScanner.peek} has returned. */
  step(): void {
    this.#at++;
  }

  /** Keeps what is passed from here on. */
  keep(): void {
    this.#kept = this.#at;
    this.#isTooLong = false;
  }

  /**
   * Returns what was passed since {@link ByteScanner.keep}, until the next call that moves on; `null` when that is more
   * than {@link MAX_RECORD_BYTES}.
   */
  taken(): Uint8Array | null {
    const from = this.#kept ?? this.#at;
    this.#kept = null;
    return this.#isTooLong || this.#at - from > MAX_RECORD_BYTES
      ? null
      : this.#window.subarray(from, this.#at);
  }

  /** Passes what is blank in JSON; returns the byte behind it, or {@link END}. */
  passBlank(): number {
    for (;;) {
      const byte = this.peek();
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return byte;
      this.#at++;
    }
  }

  /** Passes the string whose first quote is here; returns whether it ends. */
  passString(): boolean {
    this.#at++;
    for (;;) {
      const window = this.#window;
      const end = this.#end;
      let at = this.#at;
      while (at < end) {
        const byte = window[at];
        if (byte === QUOTE) {
          this.#at = at + 1;
          return true;
        }
        at += byte === BACKSLASH ? 2 : 1;
      }
      const beyond = at - end;
      this.#at = end;
      if (!this.#fill()) return false;
      this.#at += beyond;
    }
  }

  /** Passes what is before the next byte of this value; all, where there is none. Returns whether there is one. */
  passUntil(byte: number): boolean {
    for (;;) {
      const found = this.#window.subarray(0, this.#end).indexOf(byte, this.#at);
      this.#at = found < 0 ? this.#end : found;
      if (found >= 0) return true;
      if (!this.#fill()) return false;
    }
  }

  /** Reads more; returns whether there was more. What was passed and is not kept is let go. */
  #fill(): boolean {
    if (this.#kept !== null && this.#at - this.#kept > MAX_RECORD_BYTES) {
      this.#isTooLong = true;
      this.#kept = this.#at;
    }
    const from = this.#kept ?? this.#at;
    const held = this.#end - from;
    if (held + WINDOW_BYTES > this.#window.length) {
      const larger = new Uint8Array(Math.max(held * 2, WINDOW_BYTES * 2));
      larger.set(this.#window.subarray(from, this.#end));
      this.#window = larger;
    } else this.#window.copyWithin(0, from, this.#end);
    this.#base += from;
    this.#at -= from;
    this.#end = held;
    if (this.#kept !== null) this.#kept = 0;
    const read = this.#source.read(this.#base + held, this.#window.subarray(held));
    this.#end += read;
    this.#reads++;
    return read > 0;
  }
}
