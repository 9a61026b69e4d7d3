import type { Context } from "../command/context.ts";

/** Runs work with a signal that aborts at the first Ctrl-C. */
export async function untilInterrupted<T>(
  context: Context,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const stop = context.platform.signals.listen("SIGINT", () => controller.abort());
  try {
    return await work(controller.signal);
  } finally {
    stop();
  }
}
