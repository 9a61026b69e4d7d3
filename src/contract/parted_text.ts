/**
 * A large text in parts, as it was decoded. To join 60 MiB keeps a process from all other work for a tenth of a second:
 * what reads the text a piece at a time never needs it whole.
 */
export class PartedText {
  readonly length: number;
  readonly #parts: readonly string[];
  /** Where each part begins. */
  readonly #starts: readonly number[];
  /** The part that was read last. */
  #last = 0;

  constructor(parts: readonly string[]) {
    const starts: number[] = [];
    let length = 0;
    for (const part of parts) {
      starts.push(length);
      length += part.length;
    }
    this.#parts = parts;
    this.#starts = starts;
    this.length = length;
  }

  /** Returns the code unit at a place; `NaN` where there is none. */
  charCodeAt(at: number): number {
    const { text, start } = this.partAt(at);
    return text.charCodeAt(at - start);
  }

  /** Returns where a character, which is one code unit, is next from a place on; -1 where it is not. */
  indexOf(character: string, from: number): number {
    for (let at = from; at < this.length;) {
      const { text, start } = this.partAt(at);
      const found = text.indexOf(character, at - start);
      if (found >= 0) return start + found;
      at = start + text.length;
    }
    return -1;
  }

  /** Returns what is between two places. */
  slice(from: number, to: number): string {
    const end = Math.min(to, this.length);
    let found = "";
    for (let at = from; at < end;) {
      const { text, start } = this.partAt(at);
      found += text.slice(at - start, end - start);
      at = start + text.length;
    }
    return found;
  }

  /** Returns where each line begins and ends, which may be the whole text: the `\n` after it belongs to none. */
  *lines(): Generator<readonly [from: number, to: number]> {
    for (let from = 0; from < this.length;) {
      const found = this.indexOf("\n", from);
      const to = found < 0 ? this.length : found;
      yield [from, to];
      from = to + 1;
    }
  }

  /** Returns the part that a place is in and where it begins; an empty one beyond the end. */
  partAt(at: number): { readonly text: string; readonly start: number } {
    let index = this.#last;
    while (index > 0 && at < (this.#starts[index] ?? 0)) index--;
    while (index < this.#parts.length && at >= this.#endOf(index)) index++;
    const text = this.#parts[index];
    if (text === undefined) return { text: "", start: at };
    this.#last = index;
    return { text, start: this.#starts[index] ?? 0 };
  }

  #endOf(index: number): number {
    return this.#starts[index + 1] ?? this.length;
  }

  /** Joins the text. */
  toString(): string {
    return this.#parts.join("");
  }
}
