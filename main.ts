/**
 * The program: one command line from the arguments of the process to its exit code.
 *
 * @module
 */
import { quickAnswer, versionAnswer } from "./src/cli/help/fast_path.ts";
import { refuseOldDeno } from "./src/platform/deno_version.ts";
import { systemOutput } from "./src/platform/output_stream.ts";
import { refuseUnreadable } from "./src/platform/own_modules.ts";

if (import.meta.main) {
  refuseOldDeno(Deno.args);
  const version = versionAnswer(Deno.args);
  // Only now: an older Deno may already fail to load what is imported below, and has to be allowed to read it.
  if (version === null) refuseUnreadable(import.meta.dirname, Deno.args);
  let unwritten = false;
  const stdout = systemOutput(Deno.stdout, () => {
    unwritten = true;
  });
  const answer = version ?? await quickAnswer(Deno.args, {
    columns: () => stdout.columns(),
    commands: async () => (await import("./src/cli/help/shown_entries.ts")).shownEntries(),
  });
  if (answer !== null) {
    stdout.write(answer);
    // Why it cannot be written is said by the program, which tries once more.
    if (!unwritten) Deno.exit(0);
  }
  const [{ run }, { systemPlatform }] = await Promise.all([
    import("./src/cli/main.ts"),
    import("./src/platform/system.ts"),
  ]);
  Deno.exit(await run(Deno.args, systemPlatform()));
}
