import type { Platform } from "../../platform/platform.ts";

/** What listening for Ctrl-C takes. */
export interface InterruptContext {
  readonly platform: Pick<Platform, "signals">;
}

/** Runs work with a signal that aborts at the first Ctrl-C. */
export async function untilInterrupted<T>(
  { platform }: InterruptContext,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const stop = platform.signals.listen("SIGINT", () => controller.abort());
  try {
    return await work(controller.signal);
  } finally {
    stop();
  }
}
