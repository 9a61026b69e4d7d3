/** Says what the platform knows with the permissions it was started with. */
import { systemPlatform } from "../../../src/platform/system.ts";

const { env, system, terminal } = systemPlatform();
terminal.stdout.write(JSON.stringify({
  home: env.get("HOME") ?? null,
  unset: env.get("TRACKER_UNSET") ?? null,
  hostname: system.hostname(),
  env: system.permission("env", "HOME"),
  read: system.permission("read", "/tmp"),
  write: system.permission("write"),
  net: system.permission("net", "example.org"),
  run: system.permission("run", "git"),
  sys: system.permission("sys", "hostname"),
  alive: system.isAlive(Deno.ppid),
}));
