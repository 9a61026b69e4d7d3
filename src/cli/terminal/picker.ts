import { interrupted } from "../../platform/tracker_error.ts";
import type { Platform } from "../../platform/platform.ts";
import type { Output } from "./output.ts";
import { type Key, takeKey } from "./keys.ts";
import { type Drawing, pickerScreen } from "./picker_screen.ts";
import { sanitize } from "./sanitize.ts";
import { text } from "./text.ts";

/** What choosing takes. */
export interface PickerContext {
  readonly platform: Pick<Platform, "clock" | "signals" | "terminal">;
  readonly output: Pick<Output, "prompt" | "stderr" | "canRedraw">;
}

/** What is chosen from. */
export interface Choices {
  readonly question: string;
  /** Cells of a row each, all of which are searched: the name first, the title last. */
  readonly rows: readonly (readonly string[])[];
}

/** Whether a person can choose with the keys of a terminal that is drawn again. */
export function canPick({ platform: { terminal }, output }: PickerContext): boolean {
  return terminal.stdin.isTerminal && terminal.stdout.isTerminal && output.canRedraw;
}

/**
 * Has a person choose one of many rows on a screen of its own, which is left again however the choice ends: what is typed
 * narrows them, arrows and page keys move, Enter chooses. Answers the place of the row from 0; `null` when they leave
 * with Escape.
 *
 * @throws {TrackerError} `interrupted` at Ctrl-C and when the process is told to end.
 */
export async function pick(context: PickerContext, choices: Choices): Promise<number | null> {
  const { platform: { signals, terminal }, output } = context;
  const ended = Promise.withResolvers<never>();
  // Told to end before it is waited for, it is no failure of the process.
  ended.promise.catch(() => {});
  let resized = Promise.withResolvers<null>();
  const stops = [
    ...(["SIGINT", "SIGTERM", "SIGHUP"] as const).map((name) =>
      signals.listen(name, () => ended.reject(interrupted()))
    ),
    signals.listen("SIGWINCH", () => resized.resolve(null)),
  ];
  try {
    return await terminal.stdin.withKeys(async (read) => {
      output.prompt(ENTER_SCREEN);
      try {
        let reading: Promise<string | null> | null = null;
        return await choose(context, choices, async (wait) => {
          reading ??= read();
          const typed: Typed = await Promise.race([
            reading.then((keys) => keys === null ? "end" as const : { keys }),
            ended.promise,
            resized.promise.then(() => "redraw" as const),
            ...(wait === null ? [] : [wait.then(() => "late" as const)]),
          ]);
          if (typed === "redraw") resized = Promise.withResolvers<null>();
          else if (typed !== "late") reading = null;
          return typed;
        });
      } finally {
        output.prompt(LEAVE_SCREEN);
      }
    });
  } finally {
    for (const stop of stops) stop();
  }
}

/** What comes of waiting: keys, the end of the input, a change of the terminal's size, or nothing in time. */
type Typed = { readonly keys: string } | "end" | "redraw" | "late";

/**
 * The screen of programs such as pagers and editors; leaving it brings back what stood before. On it the terminal says
 * what is pasted, whose ends of lines choose nothing.
 */
const ENTER_SCREEN = text`\x1b[?1049h\x1b[?2004h`;
const LEAVE_SCREEN = text`\x1b[?2004l\x1b[?1049l`;

/** How long the rest of a key's sequence may take on a slow line, in milliseconds, before Escape counts as itself. */
const SEQUENCE_MS = 100;

async function choose(
  { platform: { clock }, output }: PickerContext,
  { question, rows }: Choices,
  next: (wait: Promise<void> | null) => Promise<Typed>,
): Promise<number | null> {
  const cells = rows.map((row) => row.map(sanitize));
  const searched = cells.map((row) => row.join(" ").toLowerCase());
  const screen = pickerScreen(output, question, cells);
  let state = narrowed(searched, "");
  let typed = "";
  let isPaste = false;
  while (true) {
    screen.draw(state);
    const isPart = takeKey(typed) === "part";
    const waiting = new AbortController();
    const wait = isPart ? slept(clock, waiting.signal) : null;
    const got = await next(wait).finally(() => waiting.abort());
    if (got === "end") return null;
    if (typeof got === "object") typed += got.keys;
    for (;;) {
      const taken = takeKey(typed, got === "late");
      if (taken === "part" || taken === "none") break;
      typed = taken.rest;
      if (taken.key === "paste" || taken.key === "pasted") isPaste = taken.key === "paste";
      const key = isPaste ? pastedKey(taken.key) : taken.key;
      const after = pressed(searched, state, key, screen.capacity());
      if (after === "chosen") return state.found[state.at] ?? null;
      if (after === "left") return null;
      if (after === "interrupted") throw interrupted();
      state = after;
    }
  }
}

/** What a pasted character does: it is searched for, or parts words where it ends a line. Only Ctrl-C stays a key. */
function pastedKey(key: Key): Key {
  if (typeof key === "object" || key === "interrupt") return key;
  return key === "enter" ? { typed: " " } : "other";
}

/** Ends after the time for a sequence, or once it is not waited for any more. */
async function slept(clock: Platform["clock"], signal: AbortSignal): Promise<void> {
  try {
    await clock.sleep(SEQUENCE_MS, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/** What is shown: the query, the places of the rows that hold every word of it, and which of these Enter chooses. */
type PickerState = Drawing;

function pressed(
  searched: readonly string[],
  state: PickerState,
  key: Key,
  page: number,
): PickerState | "chosen" | "left" | "interrupted" {
  const { query, found, at } = state;
  const moved = (to: number) => ({
    ...state,
    at: Math.max(0, Math.min(found.length - 1, to)),
  });
  if (typeof key === "object") return narrowed(searched, query + key.typed);
  switch (key) {
    case "enter":
      return found.length > 0 ? "chosen" : state;
    case "leave":
      return "left";
    case "interrupt":
      return "interrupted";
    case "up":
      return moved(at - 1);
    case "down":
      return moved(at + 1);
    case "page up":
      return moved(at - page);
    case "page down":
      return moved(at + page);
    case "home":
      return moved(0);
    case "end":
      return moved(found.length - 1);
    case "backspace":
      return narrowed(searched, withoutLast(query));
    case "erase word":
      return narrowed(searched, query.replace(/\S*\s*$/, ""));
    case "erase":
      return narrowed(searched, "");
    case "paste":
    case "pasted":
    case "other":
      return state;
  }
}

/** A text without its last character as a person sees it. */
function withoutLast(query: string): string {
  const seen = [...new Intl.Segmenter("en", { granularity: "grapheme" }).segment(query)];
  return seen.slice(0, -1).map(({ segment }) => segment).join("");
}

function narrowed(searched: readonly string[], query: string): PickerState {
  const words = query.toLowerCase().split(/\s+/).filter((word) => word !== "");
  const found = searched.flatMap((row, place) =>
    words.every((word) => row.includes(word)) ? [place] : []
  );
  return { query, found, at: 0 };
}
