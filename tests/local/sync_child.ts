/** A program that syncs the project at `<home>/project` once: `sync_child.ts <home> pull|push|run`. */
import { systemPlatform } from "../../src/platform/system.ts";
import { LocalTrackerService } from "../../src/local/service.ts";

const [home = "", kind = "run"] = Deno.args;
const real = systemPlatform();
const platform = {
  ...real,
  env: { get: (name: string) => name === "HOME" ? home : undefined },
  fetch: () => Promise.reject(new Error("A local sync sent a request")),
};
const service = new LocalTrackerService({ platform, root: `${home}/project` });
if (kind === "pull") await service.pull();
else if (kind === "push") await service.push();
else await service.run();
