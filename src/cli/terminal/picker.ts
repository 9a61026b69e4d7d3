import { interrupted } from "../../platform/tracker_error.ts";
import type { Platform } from "../../platform/platform.ts";
import { untilInterrupted } from "./interrupt.ts";
import type { Output } from "./output.ts";
import { cut } from "./table.ts";
import { bold, dim, text } from "./text.ts";

/** What choosing takes. */
export interface PickerContext {
  readonly platform: Pick<Platform, "signals" | "terminal">;
  readonly output: Pick<Output, "prompt" | "stderr" | "canRedraw">;
}

/** What is chosen from. */
export interface Choices {
  readonly question: string;
  /** A line for each; all of it is searched. */
  readonly lines: readonly string[];
}

/** How many lines are shown at once. */
const SHOWN = 10;

/** Whether a person can choose with the keys of a terminal that is drawn again. */
export function canPick({ platform, output }: PickerContext): boolean {
  return platform.terminal.stdin.isTerminal && output.canRedraw;
}

/**
 * Has a person choose one of many lines: what is typed narrows them, the arrows move, Enter chooses. Answers the place of
 * the line from 0; `null` when they leave with Escape.
 *
 * @throws {TrackerError} `interrupted`.
 */
export async function pick(context: PickerContext, choices: Choices): Promise<number | null> {
  const stopped = Promise.withResolvers<never>();
  return await untilInterrupted(context, (signal) => {
    signal.addEventListener("abort", () => stopped.reject(interrupted(signal.reason)));
    return context.platform.terminal.stdin.withKeys(async (read) => {
      const { draw, erase } = drawing(context, choices);
      let state = narrowed(choices, "");
      let keys = "";
      try {
        while (true) {
          draw(state);
          const typed = await Promise.race([read(), stopped.promise]);
          if (typed === null) return null;
          keys += typed;
          while (keys !== "") {
            const key = firstKey(keys);
            keys = keys.slice(key.length);
            const next = pressed(choices, state, key);
            if (next === "chosen") return state.found[state.at] ?? null;
            if (next === "left") return null;
            state = next;
          }
        }
      } finally {
        erase();
      }
    });
  });
}

interface PickerState {
  readonly query: string;
  /** Places of the lines that hold every word of the query. */
  readonly found: readonly number[];
  /** Which of these is chosen by Enter. */
  readonly at: number;
}

const ESCAPE = "\x1b";

/** The first key of what was typed: a sequence that begins with Escape, or one character. */
function firstKey(typed: string): string {
  const sequence = typed.startsWith(ESCAPE)
    ? /^(?:\[[0-9;]*[A-Za-z~]|O[A-Z])/.exec(typed.slice(1))?.[0]
    : undefined;
  return sequence === undefined ? /^[^]/u.exec(typed)?.[0] ?? "" : ESCAPE + sequence;
}

const UP = ["\x1b[A", "\x1bOA", "\x10"];
const DOWN = ["\x1b[B", "\x1bOB", "\x0e"];
const ENTER = ["\r", "\n"];
const LEAVE = [ESCAPE, "\x04"];
const BACKSPACE = ["\x7f", "\b"];
const ERASE = ["\x15", "\x17"];

function pressed(
  choices: Choices,
  state: PickerState,
  key: string,
): PickerState | "chosen" | "left" {
  const { query, found, at } = state;
  if (ENTER.includes(key)) return found.length > 0 ? "chosen" : state;
  if (LEAVE.includes(key)) return "left";
  if (UP.includes(key)) return { ...state, at: Math.max(0, at - 1) };
  if (DOWN.includes(key)) return { ...state, at: Math.min(found.length - 1, at + 1) };
  if (BACKSPACE.includes(key)) return narrowed(choices, [...query].slice(0, -1).join(""));
  if (ERASE.includes(key)) return narrowed(choices, "");
  return /^\p{Cc}/u.test(key) ? state : narrowed(choices, query + key);
}

function narrowed({ lines }: Choices, query: string): PickerState {
  const words = query.toLowerCase().split(/\s+/).filter((word) => word !== "");
  const found = lines.flatMap((line, place) => {
    const searched = line.toLowerCase();
    return words.every((word) => searched.includes(word)) ? [place] : [];
  });
  return { query, found, at: 0 };
}

function drawing({ output }: PickerContext, { question, lines }: Choices) {
  let above = 0;
  const erase = () => {
    output.prompt(above === 0 ? text`\r\x1b[J` : text`\r\x1b[${above}A\x1b[J`);
    above = 0;
  };
  return {
    erase,
    draw({ query, found, at }: PickerState) {
      erase();
      const width = output.stderr.columns() - 1;
      const first = Math.max(0, Math.min(at - SHOWN + 1, found.length - SHOWN));
      const shown = found.slice(first, first + SHOWN);
      const count = query === "" ? "" : `  ${found.length} of ${lines.length}`;
      output.prompt(text`${bold(question)} ${query}${dim(count)}\n`);
      above++;
      for (const [place, line] of shown.entries()) {
        const words = cut(lines[line] ?? "", width - 2);
        output.prompt(first + place === at ? text`> ${bold(words)}\n` : text`  ${words}\n`);
        above++;
      }
      output.prompt(dim(cut(hint(found.length, shown.length), width)));
    },
  };
}

function hint(found: number, shown: number): string {
  if (found === 0) return "  nothing matches";
  const more = found > shown ? `${found - shown} more; ` : "";
  return `  ${more}type to search, arrows to move, Enter to choose, Escape to leave`;
}
