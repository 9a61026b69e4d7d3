import { systemPlatform } from "../../../src/platform/system.ts";

// Runs a command that prints its environment, as the program runs a tool.
const { stdout } = await systemPlatform().processes.run({
  command: Deno.execPath(),
  args: ["eval", "console.log(JSON.stringify(Deno.env.toObject()))"],
  env: { EXTRA: "1" },
});
await Deno.stdout.write(stdout);
