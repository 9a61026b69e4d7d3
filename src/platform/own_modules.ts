import { refusalText } from "./refusal.ts";

/**
 * Ends the process when it may not read the program's own modules, before Deno asks for leave to in its own words. Started
 * from source, Deno reads most of them only when a command uses them, as `deno.json` has it.
 *
 * @param directory Where the program lies; `undefined` for one that does not lie in files.
 * @param args The command line, which may ask for JSON.
 */
export function refuseUnreadable(directory: string | undefined, args: readonly string[]): void {
  if (directory === undefined) return;
  const { state } = Deno.permissions.querySync({ name: "read", path: directory });
  if (state === "granted") return;
  console.error(unreadableFault(directory, args));
  Deno.exit(1);
}

/** Returns what to say where the program's own modules may not be read. */
export function unreadableFault(directory: string, args: readonly string[]): string {
  // A flag cannot name a path with a comma: it would grant two others.
  const flag = directory.includes(",") ? "--allow-read" : `--allow-read=${directory}`;
  return refusalText({
    code: "permission_needed",
    message: `Permission needed: read "${directory}", the program's own modules`,
    nextAction: `Run with \`${flag}\` beside what the command itself needs.`,
    details: { permission: "read", target: directory, flag, flags: [flag] },
  }, args);
}
