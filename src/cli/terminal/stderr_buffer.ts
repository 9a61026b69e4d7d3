import type { OutputStream } from "../../platform/terminal.ts";

/** Standard error under `--json`, until it is known how the command ends. */
export interface HeldWords {
  /** What is written here is a warning. */
  readonly stream: OutputStream;
  /** Writes a notice, which is worth nothing to whoever reads of a failure. */
  notice(text: string): void;
  /** Writes past all that is held: a person is to answer it. */
  urgent(text: string): void;
  /** The command has succeeded: what was held is written, and what comes is no longer held. */
  release(): void;
  /** The command has failed: the warnings that were held, which are not written any more. */
  take(): readonly string[];
}

/**
 * Holds back what is written to standard error beside a JSON document. A command that fails has one document
 * there and nothing besides, so its warnings have to wait until they can go into that.
 */
export function holdWords(stderr: OutputStream): HeldWords {
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
    urgent: (text) => stderr.write(text),
    release() {
      for (const { text } of end()) stderr.write(text);
    },
    take: () => end().filter(({ warning }) => warning).map(({ text }) => plain(text)),
  };
}

function plain(text: string): string {
  return text.replace(MARKS, "").trim().replace(/^Warning: /, "");
}

const MARKS = new RegExp(`${String.fromCharCode(0x1b)}\\[\\d+m`, "g");
