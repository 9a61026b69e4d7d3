/** Replaces a file again and again by one long run of a letter, until it is killed. */
import { systemPlatform } from "../../../src/platform/system.ts";

const platform = systemPlatform();
for (let i = 0;; i++) {
  const letter = String.fromCharCode(97 + i % 26);
  await platform.files.writeAtomic(Deno.args[0] ?? "", letter.repeat(200_000));
  if (i === 0) platform.terminal.stdout.write("started\n");
}
