import type { Deps } from "../command/context.ts";

/** Runs work with a signal that aborts at the first Ctrl-C. */
export async function untilInterrupted<T>(
  deps: Deps,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const stop = deps.platform.signals.listen("SIGINT", () => controller.abort());
  try {
    return await work(controller.signal);
  } finally {
    stop();
  }
}
