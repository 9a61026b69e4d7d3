/** One thing that happens in a recording, and when, in seconds from its start. */
export type Beat =
  | { readonly kind: "output"; readonly at: number; readonly text: string }
  | {
    readonly kind: "command";
    readonly at: number;
    /** When the last character is typed. */
    readonly typed: number;
    readonly text: string;
  };

/** A recording: what happens, and how long it is in seconds. */
export interface Script {
  readonly beats: readonly Beat[];
  readonly seconds: number;
}

/** A headline of the demo, a command below one, or what a command printed. */
interface Part {
  readonly kind: "headline" | "command" | "output";
  readonly text: string;
}

/** Width of the recorded terminal. */
export const COLUMNS = 100;
/** Height of the recorded terminal. */
export const ROWS = 30;

/** The section after which only {@link LAST_COMMAND} is recorded. */
const LAST_HEADLINE = "What it looks like now";
const LAST_COMMAND = "$ tracker status";
/** Sections that would make the recording longer than a reader has patience for. */
const LEFT_OUT = ["A full sync", "Clean up"];

const SECONDS_PER_CHARACTER = 0.03;
const LONGEST_TYPING = 1.6;
const WAIT = 0.3;
const READING = 1.1;
const READING_PER_LINE = 0.14;
const LAST_PAUSE = 4;

/** What of the demo's output is recorded. The times follow from the text alone. */
export function scriptOf(output: string): Script {
  const beats: Beat[] = [];
  let at = 0.5;
  for (const { kind, text } of shownParts(output)) {
    if (kind === "command") {
      const typed = at + Math.min(LONGEST_TYPING, text.length * SECONDS_PER_CHARACTER);
      beats.push({ kind, at: rounded(at), typed: rounded(typed), text });
      at = typed + WAIT;
      continue;
    }
    beats.push({ kind: "output", at: rounded(at), text });
    at += kind === "headline" ? 0.6 : READING + READING_PER_LINE * text.split("\n").length;
  }
  return { beats, seconds: rounded(at + LAST_PAUSE) };
}

/** The headlines and commands of an output of the demo, in order. */
export function stableLines(output: string): string[] {
  return shownParts(output).filter(({ kind }) => kind !== "output").map(({ text }) => text.trim());
}

/** Replaces what differs between two runs, and the ends of lines of a terminal. */
export function normalised(output: string): string {
  return output.replaceAll("\r\n", "\n")
    .replaceAll(/127\.0\.0\.1:[1-9]\d*/g, "127.0.0.1:8787")
    .replaceAll(/\bpid \d+/g, "pid 4242")
    .replaceAll(/\b(ins|usr|ses)_[0-9A-HJKMNP-TV-Z]{26}\b/g, `$1_${"0".repeat(26)}`);
}

/** Words of this machine that an output has: paths, the user, the machine's name, what may be a token. */
export function privateWords(output: string, own: readonly string[]): string[] {
  const found = own.filter((word) => {
    const escaped = word.replaceAll(/[^\w]/g, "\\$&");
    return word.length > 2 && new RegExp(`(?<!\\w)${escaped}(?!\\w)`).test(output);
  });
  const shapes = output.match(/(?:\/tmp|\/home|\/root|\/Users|\/var|[A-Z]:\\)[^\s]*|[\w-]{32,}/g);
  return [...found, ...shapes ?? []];
}

function shownParts(output: string): Part[] {
  let headline = "";
  let command = "";
  return partsOf(output).filter(({ kind, text }) => {
    if (kind === "headline") [headline, command] = [text.replaceAll("─", "").trim(), ""];
    if (kind === "command") command = text;
    if (LEFT_OUT.some((words) => headline.startsWith(words))) return false;
    return headline !== LAST_HEADLINE || kind === "headline" || command === LAST_COMMAND;
  });
}

function partsOf(output: string): Part[] {
  const parts: Part[] = [];
  let lines: string[] = [];
  const close = () => {
    const text = lines.join("\n").trimEnd();
    if (text !== "") parts.push({ kind: "output", text });
    lines = [];
  };
  for (const line of output.split("\n")) {
    const kind = line.startsWith("── ") ? "headline" : line.startsWith("$ ") ? "command" : null;
    if (kind === null) {
      lines.push(line);
      continue;
    }
    close();
    parts.push({ kind, text: line });
  }
  close();
  return parts;
}

function rounded(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}
