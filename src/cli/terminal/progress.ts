import type { SyncProgress } from "../../client/sync_push.ts";
import { number, plural, stopwatch } from "./format.ts";
import type { Output } from "./output.ts";
import { sanitize } from "./sanitize.ts";
import { cut, displayWidth } from "./table.ts";
import { CLEAR_LINE, text } from "./text.ts";
import type { Platform } from "../../platform/platform.ts";

const BAR_WIDTH = 26;

/** What showing progress takes. */
export interface ProgressContext {
  readonly platform: Pick<Platform, "clock">;
  readonly globals: { readonly json: boolean; readonly quiet: boolean };
  readonly output: Pick<Output, "notice" | "prompt" | "stderr" | "canRedraw">;
}

/** Shows how far long work has come: one line that is redrawn on a terminal, lines elsewhere. */
export interface Progress {
  /** A page of issues has been stored. `total` is the whole, when it is known. */
  page(stored: number, pages: number, total: number | null): void;
  /** A batch has been sent, or an operation at the host continues. */
  sync(event: SyncProgress): void;
  /** Removes what was drawn; the result follows. */
  end(): void;
}

/** Creates the progress of one piece of work called `what`, such as `Pulling Website (SITE)`. */
export function createProgress(context: ProgressContext, what: string): Progress {
  const { globals, output: { canRedraw: live } } = context;
  if (globals.quiet || globals.json && !live) return { page() {}, sync() {}, end() {} };
  const title = sanitize(what);
  return live ? drawnProgress(context, title) : writtenProgress(context, title);
}

/**
 * Returns what the work comes to. On a terminal, a wait of more than a second says what it waits for, such as
 * `Asking the host`, and for how long already.
 */
export async function whileWaiting<T>(
  context: ProgressContext,
  what: string,
  work: () => Promise<T>,
): Promise<T> {
  const progress = createProgress(context, what);
  try {
    return await work();
  } finally {
    progress.end();
  }
}

/** Writes a line for each step, for a log. */
function writtenProgress({ output }: ProgressContext, title: string): Progress {
  let announced = false;
  return {
    page: (stored, pages) => output.notice(`${title}: ${plural(stored, "issue")}, page ${pages}`),
    sync(event) {
      if (event.kind === "batch") {
        return output.notice(`${title}: ${sentSoFar(event.sent, event.total)}`);
      }
      if (!announced) output.notice(`${title} … operation ${event.operationId}`);
      announced = true;
    },
    end() {},
  };
}

/** Draws one line again at every step and every second, so that its time runs. */
function drawnProgress(context: ProgressContext, title: string): Progress {
  const { output, platform: { clock } } = context;
  const start = clock.monotonic();
  let line: LineDrawer = (elapsed, width) => cut(`${title} … ${elapsed}`, width);
  let tick = clock.deadline(TICK_MS);
  let drawn = false;
  const draw = () => {
    drawn = true;
    const elapsed = stopwatch(clock.monotonic() - start);
    output.prompt(text`${CLEAR_LINE}${line(elapsed, output.stderr.columns() - 1)}`);
    tick.clear();
    tick = clock.deadline(TICK_MS);
    tick.signal.addEventListener("abort", draw, { once: true });
  };
  const show = (drawer: LineDrawer) => {
    line = drawer;
    draw();
  };
  tick.signal.addEventListener("abort", draw, { once: true });
  return {
    page(stored, pages, total) {
      const bar = total === null ? "" : `${drawBar(stored / Math.max(total, 1))}  `;
      const count = `${plural(stored, "issue")}  ${plural(pages, "page")}`;
      show((elapsed, width) =>
        fitting(width, [`${title}  ${bar}${count}  ${elapsed}`, `${title}  ${count}  ${elapsed}`])
      );
    },
    sync(event) {
      if (event.kind === "batch") {
        const sent = sentSoFar(event.sent, event.total);
        return show((elapsed, width) => cut(`${title}  ${sent}  ${elapsed}`, width));
      }
      const id = sanitize(event.operationId);
      const { status } = event;
      show((elapsed, width) =>
        fitting(width, [
          `${title} … ${status} ${elapsed} (operation ${id}, Ctrl-C stops waiting only)`,
          `${title} … ${status} ${elapsed} (${id}, Ctrl-C stops waiting only)`,
          `${title} … ${status} ${elapsed} (operation ${id})`,
          `${status} ${elapsed} (operation ${id})`,
        ])
      );
    },
    end() {
      tick.signal.removeEventListener("abort", draw);
      tick.clear();
      if (drawn) output.prompt(CLEAR_LINE);
    },
  };
}

/** Returns the line for an elapsed time and a width. */
type LineDrawer = (elapsed: string, width: number) => string;

const TICK_MS = 1000;

function sentSoFar(sent: number, total: number): string {
  return `${number(sent)} of ${plural(total, "item")} sent`;
}

/** Returns the first of the forms that fits, or the last, cut. */
function fitting(width: number, forms: readonly string[]): string {
  return forms.find((form) => displayWidth(form) <= width) ?? cut(forms.at(-1) ?? "", width);
}

function drawBar(fraction: number): string {
  const filled = Math.round(Math.min(1, Math.max(0, fraction)) * BAR_WIDTH);
  return "█".repeat(filled) + "░".repeat(BAR_WIDTH - filled);
}
