/**
 * A host whose data stays, and whose operations take their time: `DIR`. Prints its URL.
 */
import { startHost } from "../../src/server/mod.ts";
import { systemPlatform } from "../../src/platform/system.ts";

const [dataDir = ""] = Deno.args;
const host = await startHost({
  platform: systemPlatform(),
  dataDir,
  dev: true,
});
await fetch(`${host.url}/dev/levers`, {
  method: "POST",
  headers: { "content-type": "application/json" },
  body: JSON.stringify({ accept_above: 0, operation_delay_ms: 60_000 }),
});
console.log(host.url);
