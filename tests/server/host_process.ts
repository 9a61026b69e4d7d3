/** A host as a process of its own, to be killed: prints its URL. Its operations take a minute. */
import { startHost } from "../../src/server/mod.ts";
import { systemPlatform } from "../../src/platform/system.ts";

const platform = systemPlatform();
const host = await startHost({ platform, dataDir: Deno.args[0] ?? "", dev: true });
await fetch(`${host.url}/dev/levers`, {
  method: "POST",
  body: JSON.stringify({ operation_delay_ms: 60_000 }),
});
platform.terminal.stdout.write(`${host.url}\n`);
await host.finished;
