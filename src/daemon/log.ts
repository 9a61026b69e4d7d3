import { isoTime } from "../platform/clock.ts";
import { dirname } from "../platform/paths.ts";
import type { Platform } from "../platform/platform.ts";

/** Facts of a log line: plain values only, never a token, body or header. */
export type LogFacts = Readonly<Record<string, string | number | boolean | null>>;

/** Size in bytes from which on a log file is put aside, and how many are kept in all. */
export const LOG_ROTATION = { bytes: 1024 * 1024, files: 3 } as const;

/** The daemon's log: lines of JSON in a file that is put aside when it is full. */
export class RotatingLog {
  readonly #platform: Platform;
  readonly #path: string;
  readonly #limits: { readonly bytes: number; readonly files: number };
  #size: number | null = null;
  #last: Promise<void> = Promise.resolve();

  /** A log at `path`; the older ones lie beside it as `path.1`, `path.2`. */
  constructor(
    platform: Platform,
    path: string,
    limits: { readonly bytes: number; readonly files: number } = LOG_ROTATION,
  ) {
    this.#platform = platform;
    this.#path = path;
    this.#limits = limits;
  }

  /** Adds a line; a log that cannot be written is no failure. */
  write(message: string, facts: LogFacts = {}): Promise<void> {
    const time = isoTime(this.#platform.clock.now());
    const line = `${JSON.stringify({ time, message, ...facts })}\n`;
    this.#last = this.#last.then(() => this.#append(line)).catch(() => {});
    return this.#last;
  }

  async #append(line: string): Promise<void> {
    const { files } = this.#platform;
    // Does not create a removed directory again for one line.
    if (await files.stat(dirname(this.#path)) === null) return;
    this.#size ??= (await files.stat(this.#path))?.size ?? 0;
    const bytes = new TextEncoder().encode(line).length;
    if (this.#size > 0 && this.#size + bytes > this.#limits.bytes) {
      await this.#rotate();
      this.#size = 0;
    }
    await files.append(this.#path, line, { mode: 0o600 });
    this.#size += bytes;
  }

  async #rotate(): Promise<void> {
    const { files } = this.#platform;
    const name = (age: number) => age === 0 ? this.#path : `${this.#path}.${age}`;
    await files.remove(name(this.#limits.files - 1));
    for (let age = this.#limits.files - 2; age >= 0; age--) {
      if (await files.stat(name(age)) !== null) await files.rename(name(age), name(age + 1));
    }
  }
}
