/**
 * Loaded before a command that is measured: writes the largest resident size that the process had, in kB, to the file
 * that `PEAK_FILE` names, when the process ends.
 */
const path = Deno.env.get("PEAK_FILE");
if (path !== undefined) {
  globalThis.addEventListener("unload", () => {
    const status = Deno.readTextFileSync("/proc/self/status");
    Deno.writeTextFileSync(path, /VmHWM:\s*(\d+) kB/.exec(status)?.[1] ?? "0");
  });
}
