/** The published spec-kitty as a counterpart, where there is one. */

/**
 * Its executables: those that `TRACKER_TEST_SPEC_KITTY` lists (as PATH lists directories), else the one on PATH.
 */
export async function specKitties(): Promise<string[]> {
  const listed = Deno.env.get("TRACKER_TEST_SPEC_KITTY") ?? "";
  if (listed !== "") return listed.split(":").filter((path) => path !== "");
  for (const directory of (Deno.env.get("PATH") ?? "").split(":")) {
    const path = `${directory}/spec-kitty`;
    try {
      if ((await Deno.stat(path)).isFile) return [await Deno.realPath(path)];
    } catch {
      // Not here.
    }
  }
  return [];
}

/** The events that its own emitter makes of each type; `null` when its Python does not run here. */
export async function eventsOf(specKitty: string): Promise<unknown[] | null> {
  const home = await Deno.makeTempDir();
  try {
    const { success, stdout } = await new Deno.Command(`${specKitty.replace(/[^/]+$/, "")}python`, {
      args: [new URL("./emit_events.py", import.meta.url).pathname, `${home}/repository`],
      env: { HOME: home, SPEC_KITTY_ENABLE_SAAS_SYNC: "1" },
      stderr: "null",
    }).output();
    if (!success) return null;
    const lines = new TextDecoder().decode(stdout).split("\n").filter((line) => line !== "");
    return lines.map((line): unknown => JSON.parse(line));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  } finally {
    await Deno.remove(home, { recursive: true });
  }
}
