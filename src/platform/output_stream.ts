/** A stream that text is written to. */
export interface OutputStream {
  /** Whether a person reads it: false for a file or a pipe. */
  readonly isTerminal: boolean;
  /** Width in columns; 80 when it is not a terminal or does not say. */
  columns(): number;
  /** Height in rows; 24 when it is not a terminal or does not say. */
  rows(): number;
  /** Writes the text whole. A reader that has gone (`| head`) ends the writing silently. */
  write(text: string): void;
}

/** A stream that answers are written to. */
export interface ResultStream extends OutputStream {
  /** Writes bytes whole, as {@link OutputStream.write} writes a text. */
  writeBytes(bytes: Uint8Array): void;
}

/**
 * Returns a real stream. `onFault` is told why a text cannot be written, such as that the disk is full; the rest of that
 * text is dropped unless it throws. Without it, what the system threw is thrown.
 */
export function systemOutput(
  stream: typeof Deno.stdout,
  onFault: (error: unknown) => void = (error) => {
    throw error;
  },
): ResultStream {
  let open = true;
  const writeBytes = (bytes: Uint8Array) => {
    for (let written = 0; open && written < bytes.length;) {
      try {
        written += stream.writeSync(bytes.subarray(written));
      } catch (error) {
        if (error instanceof Deno.errors.WouldBlock) continue;
        if (error instanceof Deno.errors.BrokenPipe) open = false;
        else return onFault(error);
      }
    }
  };
  return {
    isTerminal: stream.isTerminal(),
    columns: () => consoleSize(stream).columns || 80,
    rows: () => consoleSize(stream).rows || 24,
    write: (text) => writeBytes(new TextEncoder().encode(text)),
    writeBytes,
  };
}

const UNKNOWN_SIZE = { columns: 0, rows: 0 };

function consoleSize(stream: typeof Deno.stdout): typeof UNKNOWN_SIZE {
  if (!stream.isTerminal()) return UNKNOWN_SIZE;
  try {
    return Deno.consoleSize();
  } catch {
    return UNKNOWN_SIZE;
  }
}
