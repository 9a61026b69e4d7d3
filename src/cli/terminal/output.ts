import { documentText } from "./json_document.ts";
import { sanitize } from "./sanitize.ts";
import { type Fragment, jsonText, multiline, text } from "./text.ts";
import type { OutputStream, Terminal } from "../../platform/terminal.ts";
import type { Environment } from "../../platform/platform.ts";
import type { StderrBuffer } from "./stderr_buffer.ts";

/** When colour is used. */
export type ColorMode = "auto" | "always" | "never";

/** What the user chose of how the output looks. */
export interface OutputOptions {
  readonly color: ColorMode;
  /** No progress and no notices. */
  readonly quiet: boolean;
}

/** What is known of a stream beside its text. */
export type Screen = Pick<OutputStream, "isTerminal" | "columns" | "rows">;

/** Writes what a command says. A plain string is sanitized; colours and line breaks take a `Text`. */
export interface Output {
  /** Writes a line of the result to standard output. */
  result(line?: Fragment): void;
  /** Writes the one JSON document of `--json`, with its `schema`; in one line where a reader waits for it. */
  json(document: object, form?: "indented" | "line"): void;
  /**
   * Writes an answer to standard output as it came, byte by byte; for a terminal as text, without what would act on it.
   */
  answer(bytes: Uint8Array): void;
  /** Writes a line of information to standard error; not under `--quiet`. */
  notice(line: Fragment): void;
  /** Writes a line about what is wrong to standard error. A command that fails under `--json` has it in its document. */
  warning(line: Fragment): void;
  /** Writes to standard error, without a line end, what a person is to see at once. */
  prompt(words: Fragment): void;
  /** Whether standard output has colours, bold and the like. */
  readonly isStyled: boolean;
  /** Width of standard output; `null` for a pipe, where nothing is cut. */
  readonly width: number | null;
  /** Width of standard error; `null` for a pipe. */
  readonly promptWidth: number | null;
  readonly stdout: Screen;
  readonly stderr: Screen;
  /** Whether a line of standard error can be drawn again. */
  readonly canRedraw: boolean;
}

/** Creates the output of one command; `buffer` holds standard error where that waits for how the command ends. */
export function createOutput(
  { stdout, stderr }: Pick<Terminal, "stdout" | "stderr">,
  env: Environment,
  options: OutputOptions,
  buffer: StderrBuffer | null = null,
): Output {
  const outColor = usesColor(options.color, env, stdout.isTerminal);
  const errorColor = usesColor(options.color, env, stderr.isTerminal);
  const out = (fragment: Fragment) => text`${fragment}`.render(outColor);
  const error = (fragment: Fragment) => text`${fragment}`.render(errorColor);
  const write = (words: string) => {
    stdout.write(words);
    buffer?.release();
  };
  const warn = buffer?.stream.write ?? stderr.write;
  const notice = buffer?.notice ?? stderr.write;
  const prompt = buffer?.prompt ?? stderr.write;
  return {
    result: (line = "") => write(`${out(line)}\n`),
    json: (document, form) => write(`${out(jsonText(documentText(document, form)))}\n`),
    answer(bytes) {
      if (stdout.isTerminal) {
        const words = new TextDecoder().decode(bytes).trimEnd();
        return words === "" ? undefined : write(`${out(multiline(words))}\n`);
      }
      stdout.writeBytes(bytes);
      buffer?.release();
    },
    notice: (line) => options.quiet ? undefined : notice(`${error(line)}\n`),
    warning: (line) => warn(`${error(line)}\n`),
    prompt: (words) => prompt(error(words)),
    isStyled: outColor,
    width: stdout.isTerminal ? stdout.columns() : null,
    promptWidth: stderr.isTerminal ? stderr.columns() : null,
    stdout,
    stderr,
    canRedraw: stderr.isTerminal && env.get("TERM") !== "dumb",
  };
}

/** Returns a stream for what is written past an {@link Output}: each text becomes one sanitized line. */
export function sanitizedStream(stream: OutputStream): OutputStream {
  return { ...stream, write: (words) => stream.write(`${sanitize(words.trimEnd())}\n`) };
}

function usesColor(mode: ColorMode, env: Environment, isTerminal: boolean): boolean {
  if (mode !== "auto") return mode === "always";
  const noColor = env.get("NO_COLOR");
  if (noColor !== undefined && noColor !== "") return false;
  const force = env.get("FORCE_COLOR");
  if (force !== undefined && force !== "" && force !== "0") return true;
  return isTerminal && env.get("TERM") !== "dumb";
}
