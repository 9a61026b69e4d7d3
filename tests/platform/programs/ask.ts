import { systemFetch } from "../../../src/platform/network.ts";

const [url = ""] = Deno.args;
const headers = { authorization: "Bearer secret" };
const response = await systemFetch()(new Request(url, { headers }));
await Deno.stdout.write(await response.bytes());
