/**
 * The program: one command line from the arguments of the process to its exit code.
 *
 * @module
 */
import { run } from "./src/cli/edge.ts";
import { systemPlatform } from "./src/platform/system.ts";

if (import.meta.main) Deno.exit(await run(Deno.args, systemPlatform()));
