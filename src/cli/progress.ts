import type { SyncProgress } from "../hosted/sync_push.ts";
import type { Deps } from "./deps.ts";
import { number, plural, stopwatch } from "./time_words.ts";
import { harmless } from "./harmless.ts";

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
export function createProgress(deps: Deps, what: string): Progress {
  const { output, platform, globals } = deps;
  const title = harmless(what);
  const start = platform.clock.monotonic();
  const live = output.stderr.isTerminal;
  let drawn = false;
  let announced = false;
  const draw = (text: string) => {
    drawn = true;
    output.prompt(`\r\u001b[2K${cut(text, output.stderr.columns() - 1)}`);
  };
  if (globals.quiet || globals.json && !live) return { page() {}, sync() {}, end() {} };
  return {
    page(stored, pages, total) {
      const elapsed = stopwatch(platform.clock.monotonic() - start);
      if (!live) return output.note(`${title}: ${plural(stored, "issue")}, page ${pages}`);
      const bar = total === null ? "" : `${drawBar(stored / Math.max(total, 1))}  `;
      draw(`${title}  ${bar}${number(stored)} issues  ${plural(pages, "page")}  ${elapsed}`);
    },
    sync(event) {
      if (event.kind === "batch") {
        const sent = `${title}: ${number(event.sent)} of ${plural(event.total, "item")} sent`;
        return live ? draw(sent) : output.note(sent);
      }
      const id = harmless(event.operationId);
      if (live) {
        const elapsed = stopwatch(event.elapsedMs);
        return draw(
          `${title} … ${event.status} ${elapsed} (operation ${id}, Ctrl-C stops waiting only)`,
        );
      }
      if (!announced) output.note(`${title} … operation ${id}`);
      announced = true;
    },
    end() {
      if (drawn) output.prompt("\r\u001b[2K");
    },
  };
}

function drawBar(fraction: number): string {
  const filled = Math.round(Math.min(1, Math.max(0, fraction)) * BAR_WIDTH);
  return "█".repeat(filled) + "░".repeat(BAR_WIDTH - filled);
}

function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;
}
