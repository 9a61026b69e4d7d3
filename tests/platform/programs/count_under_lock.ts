/** Adds one to the number in a file, `times` times, each under the lock beside it. */
import { systemPlatform } from "../../../src/platform/system.ts";

const { files } = systemPlatform();
const [path = "", times = "0"] = Deno.args;
for (let i = 0; i < Number(times); i++) {
  const lock = await files.lock(`${path}.lock`, { deadlineMs: 60_000 });
  const before = Number(await files.readText(path) ?? "0");
  await files.writeAtomic(path, String(before + 1));
  await lock.release();
}
