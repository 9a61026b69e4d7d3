import type { SyncProgress } from "../../client/sync_push.ts";
import type { Context } from "../command/context.ts";
import { number, plural, stopwatch } from "./format.ts";
import { harmless } from "./sanitize.ts";
import { cut, displayWidth } from "./table.ts";

const BAR_WIDTH = 26;

/** Shows how far long work has come: one line that is redrawn on a terminal, lines elsewhere. */
export interface Progress {
  /** A page of issues has been stored. `total` is the whole, when it is known. */
  page(stored: number, pages: number, total: number | null): void;
  /** A batch has been sent, or an operation at the host goes on. */
  sync(event: SyncProgress): void;
  /** Removes what was drawn; the result follows. */
  end(): void;
}

/** Makes the progress of one piece of work called `what`, such as `Pulling Website (SITE)`. */
export function createProgress(context: Context, what: string): Progress {
  const { output, globals } = context;
  const live = output.stderr.isTerminal && context.platform.env.get("TERM") !== "dumb";
  if (globals.quiet || globals.json && !live) return { page() {}, sync() {}, end() {} };
  const title = harmless(what);
  return live ? drawnProgress(context, title) : writtenProgress(context, title);
}

/** A line for each step, for a log. */
function writtenProgress({ output }: Context, title: string): Progress {
  let announced = false;
  return {
    page: (stored, pages) => output.note(`${title}: ${plural(stored, "issue")}, page ${pages}`),
    sync(event) {
      if (event.kind === "batch") {
        return output.note(`${title}: ${sentSoFar(event.sent, event.total)}`);
      }
      if (!announced) output.note(`${title} … operation ${harmless(event.operationId)}`);
      announced = true;
    },
    end() {},
  };
}

/** One line, drawn anew at every step and every second, so that its time goes on. */
function drawnProgress(context: Context, title: string): Progress {
  const { output, platform: { clock } } = context;
  const start = clock.monotonic();
  let line: LineDrawer = (elapsed, width) => cut(`${title} … ${elapsed}`, width);
  let tick = clock.deadline(TICK_MS);
  let drawn = false;
  const draw = () => {
    drawn = true;
    const elapsed = stopwatch(clock.monotonic() - start);
    output.prompt(`\r\u001b[2K${line(elapsed, output.stderr.columns() - 1)}`);
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
      const id = harmless(event.operationId);
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
      if (drawn) output.prompt("\r\u001b[2K");
    },
  };
}

/** Makes the line for an elapsed time and a width. */
type LineDrawer = (elapsed: string, width: number) => string;

const TICK_MS = 1000;

function sentSoFar(sent: number, total: number): string {
  return `${number(sent)} of ${plural(total, "item")} sent`;
}

/** The first of the forms that fits; the last is cut. */
function fitting(width: number, forms: readonly string[]): string {
  return forms.find((form) => displayWidth(form) <= width) ?? cut(forms.at(-1) ?? "", width);
}

function drawBar(fraction: number): string {
  const filled = Math.round(Math.min(1, Math.max(0, fraction)) * BAR_WIDTH);
  return "█".repeat(filled) + "░".repeat(BAR_WIDTH - filled);
}
