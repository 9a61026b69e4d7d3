import type { SignalName, Signals } from "../platform/platform.ts";
import { interrupted } from "../platform/tracker_error.ts";

/** What work that holds signals back may listen to. */
export interface HeldSignals {
  /** Fires with the first signal: what can be given up without loss should be. */
  readonly asked: AbortSignal;
  /** Fires with the second: a person does not wait any longer. */
  readonly insisted: AbortSignal;
}

const SIGNALS: readonly SignalName[] = ["SIGINT", "SIGTERM", "SIGHUP"];

/**
 * Does work that must not be cut off half-way: a signal to end is held back until the work has ended, and is then
 * the `interrupted` that it would have been.
 *
 * @throws {TrackerError} `interrupted` when there was a signal; what `work` throws otherwise.
 */
export async function holdingSignals<T>(
  signals: Signals,
  work: (held: HeldSignals) => Promise<T>,
): Promise<T> {
  const asked = new AbortController();
  const insisted = new AbortController();
  const hold = () => (asked.signal.aborted ? insisted : asked).abort();
  const removers = SIGNALS.map((signal) => signals.listen(signal, hold));
  let result: T;
  try {
    result = await work({ asked: asked.signal, insisted: insisted.signal });
  } catch (error) {
    throw asked.signal.aborted ? interrupted(error) : error;
  } finally {
    for (const remove of removers) remove();
  }
  if (asked.signal.aborted) throw interrupted(asked.signal.reason);
  return result;
}
