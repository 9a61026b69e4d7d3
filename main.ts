/**
 * The program: one command line from the arguments of the process to its exit code.
 *
 * @module
 */
import { refuseOldDeno } from "./src/platform/deno_version.ts";

if (import.meta.main) {
  refuseOldDeno(Deno.args);
  // Only now: an older Deno may already fail to load these.
  const [{ run }, { systemPlatform }] = await Promise.all([
    import("./src/cli/main.ts"),
    import("./src/platform/system.ts"),
  ]);
  Deno.exit(await run(Deno.args, systemPlatform()));
}
