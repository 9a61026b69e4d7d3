/** A stream of lines that nobody waits for: what its reader does not take in time is dropped and counted. */
export interface BackgroundWriter {
  /** Takes lines to write soon; drops them when too many wait, or when there is nobody to read. */
  write(lines: string): void;
  /** How many lines were dropped so far. */
  dropped(): number;
  /** Resolves once all has been written or dropped. */
  flush(): Promise<void>;
}

/** Characters that wait for their writing at most. */
const MAX_WAITING = 1024 * 1024;
/** Milliseconds until a full disk is tried again. */
const FULL_MS = 1_000;
/** Milliseconds until a pipe that takes nothing is tried again. */
const BUSY_MS = 20;

/**
 * Writes lines behind those who have them. A reader that stalls holds up nobody; a reader that has gone and a full
 * disk are no errors.
 */
export function backgroundWriter(
  write: (bytes: Uint8Array) => Promise<number>,
  pause: (ms: number) => Promise<void>,
): BackgroundWriter {
  let waiting: string[] = [];
  let characters = 0;
  let dropped = 0;
  let isGone = false;
  let writing: Promise<void> | null = null;

  const writeBytes = async (bytes: Uint8Array): Promise<void> => {
    for (let at = 0; at < bytes.length;) {
      try {
        at += await write(bytes.subarray(at));
      } catch (error) {
        if (!(error instanceof Deno.errors.WouldBlock)) throw error;
        await pause(BUSY_MS);
      }
    }
  };
  const writeAll = async () => {
    while (waiting.length > 0) {
      const lines = waiting.join("");
      waiting = [];
      characters = 0;
      try {
        await writeBytes(new TextEncoder().encode(lines));
      } catch (error) {
        dropped += countLines(lines);
        if (error instanceof Deno.errors.BrokenPipe) isGone = true;
        else await pause(FULL_MS);
      }
    }
    writing = null;
  };

  return {
    write(lines) {
      if (isGone || characters + lines.length > MAX_WAITING) {
        dropped += countLines(lines);
        return;
      }
      waiting.push(lines);
      characters += lines.length;
      writing ??= writeAll();
    },
    dropped: () => dropped,
    async flush() {
      await writing;
    },
  };
}

function countLines(lines: string): number {
  return lines.split("\n").length - 1;
}
