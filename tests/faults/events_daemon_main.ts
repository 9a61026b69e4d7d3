/** A program whose only command is `daemon run`, as the real one's; counts its cycles, uploads nothing. May be given its version. */
import { runDaemon } from "../../src/daemon/run.ts";
import { systemPlatform } from "../../src/platform/system.ts";

const [group, verb, version = "1.0.0"] = Deno.args;
if (group !== "daemon" || verb !== "run") throw new Error(`Unexpected arguments: ${Deno.args}`);
const outcome = await runDaemon({
  platform: systemPlatform(),
  version,
  cycle: () => Promise.resolve({ kind: "idle" }),
});
console.log(JSON.stringify(outcome));
