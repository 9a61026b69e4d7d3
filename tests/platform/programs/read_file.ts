/** Writes the text of a file, or the message of what failed. */
import { systemPlatform } from "../../../src/platform/system.ts";

try {
  console.log(await systemPlatform().files.readText(Deno.args[0] ?? "", { maxBytes: 1024 }));
} catch (error) {
  console.log(error instanceof Error ? error.message : error);
}
