import assert from "node:assert/strict";

const CHILD = new URL("./sync_child.ts", import.meta.url).pathname;

/**
 * Syncs a local project in a process of its own; kills it after some milliseconds unless it has ended. Answers whether
 * it was killed.
 */
export async function syncOnce(home: string, killAfterMs: number | null): Promise<boolean> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", CHILD, home, "run"],
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const timer = killAfterMs === null ? null : setTimeout(() => {
    try {
      child.kill("SIGKILL");
    } catch {
      // It has ended by itself.
    }
  }, killAfterMs);
  const { success, signal, stderr } = await child.output();
  if (timer !== null) clearTimeout(timer);
  if (signal === null) assert.ok(success, new TextDecoder().decode(stderr));
  return signal !== null;
}
