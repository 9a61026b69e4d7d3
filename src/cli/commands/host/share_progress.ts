import type { Context } from "../../command/context.ts";
import { CLEAR_LINE, text } from "../../terminal/text.ts";

/** Shows on a terminal which share of long work is done. */
export interface ShareProgress {
  /** Shows a share from 0 to 1; `null` where that is not known. */
  show(what: string, share: number | null): void;
  /** Removes what was drawn. */
  end(): void;
}

/** Returns the progress of a command; off a terminal it says nothing. */
export function shareProgress({ globals, output }: Context): ShareProgress {
  if (globals.quiet || !output.canRedraw) return { show() {}, end() {} };
  let shown = "";
  return {
    show(what, share) {
      const line = share === null ? `${what} …` : `${what} … ${Math.floor(share * 100)} %`;
      if (line === shown) return;
      shown = line;
      output.prompt(text`${CLEAR_LINE}${line}`);
    },
    end() {
      if (shown !== "") output.prompt(CLEAR_LINE);
    },
  };
}
