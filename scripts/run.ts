/** How a run of Deno ended. */
export interface DenoRun {
  readonly code: number;
  /** What it wrote to standard output, without colours. */
  readonly output: string;
}

/** Milliseconds after which a run that prints nothing is looked at. */
const LOOK_EVERY_MS = 1_000;

/**
 * Runs this same Deno at the root of the project. `shown` passes standard output on while it comes,
 * `captured` keeps it back, and drops errors. `isStuck` gets each part of it, and an empty one from time to time: once
 * it says so, the run is ended, with code 124.
 */
export async function run(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  output: "shown" | "captured" = "shown",
  isStuck: (output: string) => boolean = () => false,
): Promise<DenoRun> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [...args],
    env: { ...env },
    cwd: new URL("../", import.meta.url),
    stdin: "null",
    stdout: "piped",
    stderr: output === "shown" ? "inherit" : "null",
  }).spawn();
  const decoder = new TextDecoder();
  let text = "";
  let isEnded = false;
  const reader = child.stdout.getReader();
  for (let reading = reader.read(), isOver = false; !isOver;) {
    const read = await within(reading, LOOK_EVERY_MS);
    const part = decoder.decode(read?.value, { stream: true });
    text += part;
    if (read?.value !== undefined && output === "shown") await writeAll(read.value);
    isEnded = isStuck(part);
    if (isEnded) kill(child);
    // What it has started may hold its output open.
    isOver = isEnded || read?.done === true;
    if (read !== null && !isOver) reading = reader.read();
  }
  await reader.cancel();
  const { code } = await child.status;
  return { code: isEnded ? 124 : code, output: plain(text + decoder.decode()) };
}

/** Ends a process, which may have ended by itself. */
function kill(child: Deno.ChildProcess): void {
  try {
    child.kill("SIGKILL");
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
}

/** What is awaited; `null` when it does not come within so many milliseconds. */
async function within<T>(coming: Promise<T>, ms: number): Promise<T | null> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<null>((resolve) => timer = setTimeout(() => resolve(null), ms));
  return await Promise.race([coming, late]).finally(() => clearTimeout(timer));
}

async function writeAll(bytes: Uint8Array): Promise<void> {
  for (let written = 0; written < bytes.length;) {
    written += await Deno.stdout.write(bytes.subarray(written));
  }
}

/** A text without the escape sequences of colours. */
export function plain(text: string): string {
  return text.replaceAll(new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, "g"), "");
}
