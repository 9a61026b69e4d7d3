import assert from "node:assert/strict";
import type { CommandResult } from "./cli.ts";

/** Access and refresh tokens as the embedded host makes them. */
const TOKEN = /\btk[ar]_[0-9a-f]{16,}/;

/** The one file made for tokens, wherever a link may have put it. */
const KEEPER = "/credentials";

/** Fails when a command has shown a token, which but for `auth token` none may. */
export function assertNoTokenShown(args: readonly string[], result: CommandResult): void {
  const words = args.filter((word) => !word.startsWith("-")).join(" ");
  if (words === "auth token") return;
  for (const stream of ["stdout", "stderr"] as const) {
    assert.doesNotMatch(result[stream], TOKEN, `"${words}" shows a token on ${stream}`);
  }
}

/** Fails when a token lies in a file that is not made for it. */
export async function assertNoTokenKept(directories: readonly string[]): Promise<void> {
  for (const path of (await Promise.all(directories.map(filesUnder))).flat()) {
    if (path.endsWith(KEEPER)) continue;
    const bytes = await Deno.readFile(path).catch(() => new Uint8Array());
    const text = new TextDecoder("latin1").decode(bytes);
    assert.ok(!TOKEN.test(text), `"${path}" holds a token`);
  }
}

/** Every file under a directory. */
export async function filesUnder(directory: string): Promise<string[]> {
  const found: string[] = [];
  try {
    for await (const { name, isDirectory } of Deno.readDir(directory)) {
      const path = `${directory}/${name}`;
      if (isDirectory) found.push(...await filesUnder(path));
      else found.push(path);
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return found;
}
