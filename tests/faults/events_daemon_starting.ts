/** Starts the daemon whose main module is the argument, and prints what became of it. */
import { startDaemon } from "../../src/daemon/start.ts";
import { systemPlatform } from "../../src/platform/system.ts";

const real = systemPlatform();
const platform = { ...real, system: { ...real.system, mainModule: () => Deno.args[0] ?? "" } };
console.log(JSON.stringify(await startDaemon({ platform, version: "1.0.0" })));
