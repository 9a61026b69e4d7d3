/** Emits events into the queue named by the argument until it is killed; prints each id once it is queued. */
import { emitHistoryAdded } from "../../src/events/emit.ts";
import { systemPlatform } from "../../src/platform/system.ts";
import { faultEmitter } from "./events_setup.ts";

const platform = systemPlatform();
const emitter = faultEmitter(platform, Deno.args[0] ?? "");
for (let number = 0;; number++) {
  const outcome = await emitHistoryAdded(emitter, {
    wp_id: "WP01",
    entry_type: "note",
    entry_content: `note ${number} of process ${platform.system.pid}`,
  });
  if (outcome.kind === "queued") platform.terminal.stdout.write(`${outcome.eventId}\n`);
  await platform.clock.sleep(2);
}
