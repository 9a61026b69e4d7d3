import { type BackgroundWriter, backgroundWriter } from "./background_writer.ts";
import { collectBytes } from "./byte_collector.ts";
import { notUtf8 } from "./decode_text.ts";
import { type OutputStream, type ResultStream, systemOutput } from "./output_stream.ts";
import { errorText, TrackerError } from "./tracker_error.ts";

export type { OutputStream, ResultStream };

/** Standard input. */
export interface InputStream {
  /** Whether a person types it: false for a file or a pipe. */
  readonly isTerminal: boolean;
  /**
   * Returns the next line without its end, or `null` at the end of the input.
   *
   * @throws {TrackerError} `input_line_too_long` for a line of more than `maxLength` characters, 1,048,576 unless given.
   */
  readLine(maxLength?: number): Promise<string | null>;
  /**
   * All that is left, as text.
   *
   * @throws {TrackerError} `not_utf8`; `input_too_large` for more than 33,554,432 characters.
   */
  readAll(): Promise<string>;
  /** All that there is, as it comes, before anything else is read; `null` when it is more than `maxBytes`. */
  readBytes(maxBytes: number): Promise<Uint8Array<ArrayBuffer> | null>;
  /** The next line typed without being shown; only on a terminal, which shows what is typed again once aborted. */
  readSecret(signal?: AbortSignal): Promise<string | null>;
  /**
   * Hands `work` what reads keys as they are typed, without showing them: one or several at a time, `null` at the end of
   * the input. Ctrl-C is a key like the others. Only on a terminal, which shows what is typed again once `work` has ended.
   */
  withKeys<T>(work: (read: () => Promise<string | null>) => Promise<T>): Promise<T>;
}

/** The three standard streams, and the log of a service. */
export interface Terminal {
  /** Standard input. */
  readonly stdin: InputStream;
  /** Standard output: results. What cannot be written is thrown as `output_unwritable`. */
  readonly stdout: ResultStream;
  /** Standard error: progress, warnings and errors. What cannot be written is dropped, and decides nothing. */
  readonly stderr: OutputStream;
  /** Standard error for a service, which does not wait for its reader and does not end with it. */
  readonly log: BackgroundWriter;
}

/** Returns the real streams. */
export function systemTerminal(): Terminal {
  return {
    stdin: systemInput(),
    stdout: systemOutput(Deno.stdout, (error) => {
      throw outputUnwritable(error);
    }),
    stderr: systemOutput(Deno.stderr, () => {}),
    log: backgroundWriter(
      (bytes) => Deno.stderr.write(bytes),
      (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    ),
  };
}

/** Characters of a line that is typed or piped in at most: more never ends, or is no password, token or answer. */
const LONGEST_LINE = 1024 * 1024;
/** Characters of an input at most, as many as a request has bytes. */
const MOST_INPUT = 32 * 1024 * 1024;

/** Whether the next part of an input is UTF-8, too; a character may be cut at its end. */
function isUtf8(strict: TextDecoder, bytes: Uint8Array, isLast: boolean): boolean {
  try {
    strict.decode(bytes, { stream: !isLast });
    return true;
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
}

function systemInput(): InputStream {
  const decoder = new TextDecoder();
  const strict = new TextDecoder("utf-8", { fatal: true });
  let buffered = "";
  let ended = false;
  let isText = true;
  const fill = async () => {
    const chunk = new Uint8Array(64 * 1024);
    const count = await Deno.stdin.read(chunk);
    ended = count === null;
    const bytes = chunk.subarray(0, count ?? 0);
    buffered += decoder.decode(bytes, { stream: !ended });
    isText &&= isUtf8(strict, bytes, ended);
  };
  const readLine = async (maxLength = LONGEST_LINE) => {
    let searched = 0;
    while (!ended && buffered.indexOf("\n", searched) < 0) {
      searched = buffered.length;
      if (searched > maxLength) throw lineTooLong(maxLength);
      await fill();
    }
    if (buffered === "" && ended) return null;
    const end = buffered.indexOf("\n");
    const line = end < 0 ? buffered : buffered.slice(0, end);
    buffered = end < 0 ? "" : buffered.slice(end + 1);
    return line.endsWith("\r") ? line.slice(0, -1) : line;
  };
  return {
    isTerminal: Deno.stdin.isTerminal(),
    readLine,
    async readAll() {
      const parts: string[] = [];
      let length = 0;
      const take = () => {
        parts.push(buffered);
        length += buffered.length;
        buffered = "";
      };
      while (!ended) {
        take();
        if (length > MOST_INPUT) throw inputTooLarge();
        await fill();
      }
      take();
      if (!isText) throw notUtf8("Standard input");
      return parts.join("");
    },
    async readBytes(maxBytes) {
      const collector = collectBytes(maxBytes);
      const chunk = new Uint8Array(64 * 1024);
      for (;;) {
        const count = await Deno.stdin.read(chunk);
        if (count === null) return collector.bytes();
        if (!collector.add(chunk.subarray(0, count))) return null;
      }
    },
    async withKeys(work) {
      // Not even Ctrl-C, Ctrl-Z and Ctrl-\ may end or stop the process with the terminal as it is then.
      Deno.stdin.setRaw(true);
      try {
        return await work(async () => {
          if (buffered === "" && !ended) await fill();
          const keys = buffered;
          buffered = "";
          return keys === "" && ended ? null : keys;
        });
      } finally {
        Deno.stdin.setRaw(false);
      }
    },
    async readSecret(signal) {
      const aborted = Promise.withResolvers<never>();
      const abort = () => aborted.reject(signal?.reason);
      signal?.addEventListener("abort", abort, { once: true });
      Deno.stdin.setRaw(true, { cbreak: true });
      try {
        while (!ended && secretEnd(buffered) < 0) await Promise.race([fill(), aborted.promise]);
        const end = secretEnd(buffered);
        const typed = end < 0 ? buffered : buffered.slice(0, end);
        const isClosed = end < 0 || buffered[end] === END_OF_INPUT;
        const next = buffered.startsWith("\r\n", end) ? end + 2 : end + 1;
        buffered = end < 0 ? "" : buffered.slice(next);
        return typed === "" && isClosed ? null : edited(typed);
      } finally {
        signal?.removeEventListener("abort", abort);
        Deno.stdin.setRaw(false);
      }
    },
  };
}

function outputUnwritable(cause: unknown): TrackerError {
  return new TrackerError({
    code: "output_unwritable",
    message: `Standard output cannot be written: ${errorText(cause)}`,
    nextAction:
      "Free disk space, or write to another place. What the command has changed stays changed.",
    cause,
  });
}

/** Returns the failure of an input that is larger than what any command takes. */
export function inputTooLarge(): TrackerError {
  return new TrackerError({
    code: "input_too_large",
    message: "The input has more than 32 MiB",
    nextAction: "Send less at once. Nothing was sent.",
    details: { limit_bytes: MOST_INPUT },
  });
}

function lineTooLong(maxLength: number): TrackerError {
  return new TrackerError({
    code: "input_line_too_long",
    message: `A line of the input has more than ${maxLength} characters`,
    details: { max_length: maxLength },
  });
}

const END_OF_INPUT = "\x04";
const BACKSPACES = ["\x7f", "\b"];
const ERASE_LINE = "\x15";

/** Where a line typed in raw mode ends: Enter is a carriage return there. */
function secretEnd(text: string): number {
  const ends = ["\r", "\n", END_OF_INPUT].map((end) => text.indexOf(end)).filter((at) => at >= 0);
  return ends.length === 0 ? -1 : Math.min(...ends);
}

/** Returns what stands on a line after its editing keys, which raw mode leaves to us. */
function edited(typed: string): string {
  const kept: string[] = [];
  for (const character of typed) {
    if (BACKSPACES.includes(character)) kept.pop();
    else if (character === ERASE_LINE) kept.length = 0;
    else kept.push(character);
  }
  return kept.join("");
}
