/** Takes the lock at the first argument, says so, and holds it until it is killed or told to stop. */
import { systemPlatform } from "../../../src/platform/system.ts";

const platform = systemPlatform();
const lock = await platform.files.lock(Deno.args[0] ?? "", {
  purpose: "holding for a test",
  deadlineMs: 5000,
});
platform.terminal.stdout.write("held\n");
if (await platform.terminal.stdin.readLine() === "forget") Deno.exit(0);
await lock.release();
