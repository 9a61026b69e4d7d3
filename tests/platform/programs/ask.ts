import { systemFetch } from "../../../src/platform/network.ts";

/** Sends each of `METHOD URL [mayRepeat]` in turn; writes a line with what came of it. */
const ask = systemFetch();
for (const line of Deno.args) {
  const [method = "GET", url = "", mayRepeat] = line.split(" ");
  try {
    const init = { method, ...(method === "GET" ? {} : { body: "secret" }) };
    const options = mayRepeat === undefined ? {} : { mayRepeat: true };
    const response = await ask(new Request(url, init), options);
    console.log(`${response.status} ${await response.text()}`);
  } catch (error) {
    console.error(error);
    console.log("failed");
  }
}
Deno.exit();
