import type { OutputStream } from "../../platform/terminal.ts";

/** Holds back standard error under `--json` until it is known how the command ends. */
export interface StderrBuffer {
  /** Takes each text that is written as a warning. */
  readonly stream: OutputStream;
  /** Writes a notice, which is dropped when the command fails. */
  notice(text: string): void;
  /** Writes at once: a person is to answer it. */
  prompt(text: string): void;
  /** Writes what was held, and holds nothing from now on: the command has succeeded. */
  release(): void;
  /** Returns the warnings that were held and writes nothing: the command has failed. */
  take(): readonly string[];
}

/**
 * Creates the buffer before standard error. A command that fails under `--json` has one document there and
 * nothing besides, so its warnings wait until they can go into that.
 */
export function bufferStderr(stderr: OutputStream): StderrBuffer {
  let held: { readonly text: string; readonly warning: boolean }[] | null = [];
  const write = (text: string, warning: boolean) => {
    if (held === null) stderr.write(text);
    else held.push({ text, warning });
  };
  const end = () => {
    const all = held ?? [];
    held = null;
    return all;
  };
  return {
    stream: { ...stderr, write: (text) => write(text, true) },
    notice: (text) => write(text, false),
    prompt: (text) => stderr.write(text),
    release() {
      for (const { text } of end()) stderr.write(text);
    },
    take: () => end().filter(({ warning }) => warning).map(({ text }) => plain(text)),
  };
}

function plain(text: string): string {
  return text.replace(STYLE_CODES, "").trim().replace(/^Warning: /, "");
}

const STYLE_CODES = new RegExp(`${String.fromCharCode(0x1b)}\\[\\d+m`, "g");
