/** Uploads the queue of the session in force, over and over, until it is killed. */
import { flushEvents } from "../../src/events/flush.ts";
import { systemPlatform } from "../../src/platform/system.ts";

const platform = systemPlatform();
for (;;) {
  await flushEvents({ platform, version: "0" });
  await platform.clock.sleep(5);
}
