/** How a run of Deno ended. */
export interface DenoRun {
  readonly code: number;
  /** What it wrote to standard output, without colours. */
  readonly output: string;
}

/**
 * Runs this same Deno at the root of the project. `shown` passes standard output on while it comes,
 * `captured` keeps it back, and drops errors. Once `isStuck` says so of a part of its
 * output, it is ended, with code 124.
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
  for await (const chunk of child.stdout) {
    const part = decoder.decode(chunk, { stream: true });
    text += part;
    if (output === "shown") await writeAll(chunk);
    if (isStuck(part)) {
      isEnded = true;
      child.kill("SIGKILL");
      // What it has started may hold its output open.
      break;
    }
  }
  const { code } = await child.status;
  return { code: isEnded ? 124 : code, output: plain(text + decoder.decode()) };
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
