import type { RequestLogEntry, RequestOptions } from "../../client/open_host.ts";
import type { Context } from "../command/context.ts";
import { CLEAR_LINE, dim, text } from "../terminal/text.ts";
import { plural } from "../terminal/format.ts";

/**
 * Tells of a wait that the host asks for; under `--verbose` also of each request, in a line on standard error that
 * never holds a secret.
 */
export function requestLog(context: Context): RequestOptions["onRequestLog"] {
  return (entry) => {
    if (entry.waitMs !== undefined) return tellWait(context, entry, entry.waitMs);
    if (context.globals.verbose) logRequest(context, entry);
  };
}

function logRequest({ output }: Context, { method, path, status, ms }: RequestLogEntry): void {
  const outcome = `${status ?? "no answer"} (${Math.round(ms)} ms)`;
  output.warning(dim(`${method} ${path} → ${outcome}`));
}

/** A program that reads JSON waits without words, as it does for all else. */
function tellWait(
  { globals, output }: Context,
  { status }: RequestLogEntry,
  waitMs: number,
): void {
  if (globals.quiet || globals.json && !output.stderr.isTerminal) return;
  // Progress may stand in the line; it is drawn again below.
  if (output.canRedraw) output.prompt(CLEAR_LINE);
  const seconds = plural(Math.ceil(waitMs / 1000), "second");
  const why = status === 409 ? "still works on this request" : "has had too many requests";
  output.prompt(
    text`The tracker host ${why}: trying again in ${seconds} (Ctrl-C stops)\n`,
  );
}
