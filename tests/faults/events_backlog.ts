/** Uploads the queue named by the first argument to the URL in the second, once; prints result and peak memory. */
import { EventQueue } from "../../src/events/queue.ts";
import { uploadEvents } from "../../src/events/upload.ts";
import { systemPlatform } from "../../src/platform/system.ts";

const platform = systemPlatform();
const [path = "", url = ""] = Deno.args;
const queue = await EventQueue.open(platform, path);
let peak = 0;
const result = await uploadEvents({
  platform,
  queue,
  sink: {
    async send(body) {
      const response = await platform.fetch(new Request(url, { method: "POST", body }));
      peak = Math.max(peak, platform.system.memory());
      return { status: response.status, body: await response.json() };
    },
  },
});
queue.close();
console.log(JSON.stringify({ sent: result.sent, remaining: result.remaining, peak }));
