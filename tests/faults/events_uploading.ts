/** Uploads the queue named by the first argument to the URL in the second, over and over, until it is killed. */
import { EventQueue } from "../../src/events/queue.ts";
import { uploadEvents } from "../../src/events/upload.ts";
import { systemPlatform } from "../../src/platform/system.ts";

const platform = systemPlatform();
const [path = "", url = ""] = Deno.args;
const queue = await EventQueue.open(platform, path);
for (;;) {
  await uploadEvents({
    platform,
    queue,
    sink: {
      async send(body) {
        const response = await platform.fetch(new Request(url, { method: "POST", body }));
        return { status: response.status, body: await response.json() };
      },
    },
  });
  await platform.clock.sleep(5);
}
