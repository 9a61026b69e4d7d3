/** Sends a GET to a host and prints the status, or why there is none. Argument: host URL. */
import { send } from "../../../src/client/transport.ts";
import { systemPlatform } from "../../../src/platform/system.ts";
import { hostOf } from "../support.ts";

const [baseUrl = ""] = Deno.args;
const request = { call: "status", method: "GET", path: "/" } as const;
console.log(
  await send(await hostOf(systemPlatform(), { baseUrl }), request)
    .then(({ status }) => status, (error: Error) => error.message),
);
Deno.exit();
