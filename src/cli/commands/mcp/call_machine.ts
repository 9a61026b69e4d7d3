import type { Platform } from "../../../platform/platform.ts";
import type { ResultStream } from "../../../platform/terminal.ts";

/** A machine for one call, and what was written on it. */
export interface CallMachine {
  readonly platform: Platform;
  stdout(): string;
  stderr(): string;
}

/**
 * Returns the same machine with an empty input and outputs that are kept. When the signal aborts, it is as if Ctrl-C was
 * pressed, and what waits for the network, for a program or for a time ends at once.
 */
export function callMachine(platform: Platform, signal: AbortSignal): CallMachine {
  const { clock, processes, terminal } = platform;
  const written = { stdout: "", stderr: "" };
  const kept = (name: "stdout" | "stderr"): ResultStream => ({
    isTerminal: false,
    columns: () => 80,
    rows: () => 24,
    write: (text) => {
      written[name] += text;
    },
    writeBytes: (bytes) => {
      written[name] += new TextDecoder().decode(bytes);
    },
  });
  const none = () => Promise.resolve(null);
  const either = (other: AbortSignal | undefined) =>
    other === undefined ? signal : AbortSignal.any([signal, other]);
  return {
    stdout: () => written.stdout,
    stderr: () => written.stderr,
    platform: {
      ...platform,
      terminal: {
        ...terminal,
        stdin: {
          isTerminal: false,
          readLine: none,
          readAll: () => Promise.resolve(""),
          readBytes: () => Promise.resolve(new Uint8Array()),
          readSecret: none,
          withKeys: (work) => work(none),
        },
        stdout: kept("stdout"),
        stderr: kept("stderr"),
      },
      clock: {
        now: () => clock.now(),
        monotonic: () => clock.monotonic(),
        sleep: (ms, options) => clock.sleep(ms, { ...options, signal: either(options?.signal) }),
        deadline: (ms) => clock.deadline(ms),
      },
      async fetch(request, options) {
        signal.throwIfAborted();
        return await platform.fetch(
          new Request(request, { signal: either(request.signal) }),
          options,
        );
      },
      processes: {
        run: (options) => processes.run({ ...options, signal: either(options.signal) }),
        runAttached: (options) => processes.runAttached(options),
        startDetached: (options) => processes.startDetached(options),
        kill: (pid, name) => processes.kill(pid, name),
      },
      signals: {
        listen(name, handler) {
          if (name !== "SIGINT") return () => {};
          signal.addEventListener("abort", handler, { once: true });
          return () => signal.removeEventListener("abort", handler);
        },
      },
    },
  };
}
