import { harmlessJson, shown } from "./sanitize.ts";
import type { OutputStream, Terminal } from "../../platform/terminal.ts";
import type { Environment } from "../../platform/platform.ts";
import type { ColorMode, GlobalOptions } from "../command/context.ts";
import type { HeldWords } from "./stderr_buffer.ts";

/** Marks text for emphasis; each does nothing where colour is off. */
export interface Style {
  bold(text: string): string;
  dim(text: string): string;
  green(text: string): string;
  yellow(text: string): string;
  red(text: string): string;
}

/** The streams as a command sees them: results to standard output, all else to standard error. */
export interface Output {
  /** Writes a line of the result. */
  line(text?: string): void;
  /** Writes the one JSON document of `--json`. */
  json(value: unknown): void;
  /** Writes text as it is to standard output. */
  raw(text: string): void;
  /** Writes a line of information to standard error; not under `--quiet`. */
  note(text: string): void;
  /** Writes a warning or a failure to standard error. */
  warn(text: string): void;
  /** Writes a line to standard error that a person is to see before they answer. */
  say(text: string): void;
  /** Writes to standard error without a line end, for prompts. */
  prompt(text: string): void;
  /** Style of standard output. */
  readonly style: Style;
  /** Style of standard error. */
  readonly errorStyle: Style;
  /** Whether standard output is a terminal, and how wide; `null` for a pipe, which is never cut. */
  readonly width: number | null;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
}

/** Makes the output of one command; `held` where standard error waits for how it ends. */
export function createOutput(
  terminal: Terminal,
  env: Environment,
  globals: Pick<GlobalOptions, "color" | "quiet">,
  held: HeldWords | null = null,
): Output {
  const { stdout, stderr } = terminal;
  const result = (text: string) => {
    stdout.write(text);
    held?.release();
  };
  const { notice, urgent } = held ?? { notice: stderr.write, urgent: stderr.write };
  return {
    line: (text = "") => stdout.write(`${shown(text)}\n`),
    json: (value) => result(`${harmlessJson(JSON.stringify(value, null, 2))}\n`),
    raw: result,
    note: (text) => globals.quiet ? undefined : notice(`${shown(text)}\n`),
    warn: (text) => stderr.write(`${shown(text)}\n`),
    say: (text) => urgent(`${shown(text)}\n`),
    prompt: urgent,
    style: styleFor(useColor(globals.color, env, stdout.isTerminal)),
    errorStyle: styleFor(useColor(globals.color, env, stderr.isTerminal)),
    width: stdout.isTerminal ? stdout.columns() : null,
    stdout,
    stderr,
  };
}

function useColor(mode: ColorMode, env: Environment, isTerminal: boolean): boolean {
  if (mode !== "auto") return mode === "always";
  const noColor = env.get("NO_COLOR");
  if (noColor !== undefined && noColor !== "") return false;
  const force = env.get("FORCE_COLOR");
  if (force !== undefined && force !== "" && force !== "0") return true;
  return isTerminal && env.get("TERM") !== "dumb";
}

function styleFor(color: boolean): Style {
  const mark = (open: number, close: number) => (text: string) =>
    color && text !== "" ? `\u001b[${open}m${text}\u001b[${close}m` : text;
  return {
    bold: mark(1, 22),
    dim: mark(2, 22),
    green: mark(32, 39),
    yellow: mark(33, 39),
    red: mark(31, 39),
  };
}
