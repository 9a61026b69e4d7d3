import { interrupted, type TrackerError } from "../platform/tracker_error.ts";
import type { OpenHost } from "./open_host.ts";
import type { TransportRequest } from "./transport.ts";

/** From this many milliseconds on, a wait is told to the request log. */
const TOLD_FROM_MS = 1_000;

/**
 * Waits as long as a host has asked for before `request` is sent again. A wait of more than a second is told to the
 * request log. Ends early with `stop`; where there is none, with Ctrl-C.
 *
 * @throws {TrackerError} `interrupted` when it was ended early.
 */
export async function waitBeforeRepeating(
  options: Pick<OpenHost, "platform" | "onRequestLog">,
  request: Pick<TransportRequest, "method" | "path">,
  wait: { readonly ms: number; readonly status: number; readonly stop: AbortSignal | undefined },
): Promise<void> {
  const { clock, signals } = options.platform;
  const { method, path } = request;
  const { ms, status } = wait;
  if (ms > TOLD_FROM_MS) options.onRequestLog?.({ method, path, status, ms: 0, waitMs: ms });
  const pressed = new AbortController();
  const stop = wait.stop ?? pressed.signal;
  const unlisten = wait.stop === undefined
    ? signals.listen("SIGINT", () => pressed.abort())
    : () => {};
  const started = clock.monotonic();
  try {
    await clock.sleep(ms, { signal: stop });
  } catch (error) {
    throw stop.aborted ? stoppedWaiting(ms - (clock.monotonic() - started), error) : error;
  } finally {
    unlisten();
  }
}

function stoppedWaiting(leftMs: number, cause: unknown): TrackerError {
  const seconds = Math.max(1, Math.ceil(leftMs / 1000));
  const left = `${seconds} second${seconds === 1 ? "" : "s"}`;
  return interrupted(cause, {
    message: `Interrupted while the tracker host asked to wait, with ${left} left`,
    nextAction: `Run the command again in ${left}.`,
    details: { left_seconds: seconds },
  });
}
