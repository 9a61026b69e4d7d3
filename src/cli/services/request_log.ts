import type { RequestLogEntry, TransportOptions } from "../../client/transport.ts";
import type { Context } from "../command/context.ts";
import { harmless } from "../terminal/sanitize.ts";
import { plural } from "../terminal/format.ts";

/**
 * Tells of a wait that the host asks for; under `--verbose` also of each request, in a line on standard error that
 * never holds a secret.
 */
export function requestLog(context: Context): TransportOptions["onRequestLog"] {
  return (entry) => {
    if (entry.waitMs !== undefined) return tellWait(context, entry.waitMs);
    if (context.globals.verbose) logRequest(context, entry);
  };
}

function logRequest({ output }: Context, { method, path, status, ms }: RequestLogEntry): void {
  const outcome = `${status ?? "no answer"} (${Math.round(ms)} ms)`;
  output.warn(output.errorStyle.dim(`${method} ${harmless(path)} → ${outcome}`));
}

/** A program that reads JSON waits without words, as it does for all else. */
function tellWait({ globals, output, platform }: Context, waitMs: number): void {
  const { isTerminal } = output.stderr;
  if (globals.quiet || globals.json && !isTerminal) return;
  // Progress may stand in the line; it is drawn again below.
  if (isTerminal && platform.env.get("TERM") !== "dumb") output.prompt("\r\u001b[2K");
  const seconds = plural(Math.ceil(waitMs / 1000), "second");
  output.say(
    `The tracker host has had too many requests: trying again in ${seconds} (Ctrl-C stops)`,
  );
}
