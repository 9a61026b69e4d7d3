/** Moves the events of the first queue into the second one. */
import { moveUnscopedEvents } from "../../src/events/move_over.ts";
import { EventQueue } from "../../src/events/queue.ts";
import { systemPlatform } from "../../src/platform/system.ts";

const platform = systemPlatform();
const [from = "", to = ""] = Deno.args;
using target = await EventQueue.open(platform, to);
await moveUnscopedEvents(platform, from, target);
