import { readAllPackages } from "../../../src/missions/packages/read_packages.ts";
import { systemPlatform } from "../../../src/platform/system.ts";

/** Reads all work packages of a project; returns how many there are. */
export async function readPackages(root: string): Promise<number> {
  const missions = await readAllPackages(systemPlatform(), root);
  return missions.reduce((sum, { packages }) => sum + packages.length, 0);
}

/** What no reader can do without: each file once, and its JSON parsed; returns how many work packages there are. */
export function readPlainly(root: string): number {
  let count = 0;
  for (const mission of Deno.readDirSync(`${root}/kitty-specs`)) {
    const directory = `${root}/kitty-specs/${mission.name}`;
    JSON.parse(Deno.readTextFileSync(`${directory}/meta.json`));
    const log = Deno.readTextFileSync(`${directory}/status.events.jsonl`);
    for (const line of log.split("\n")) if (line !== "") JSON.parse(line);
    for (const file of Deno.readDirSync(`${directory}/tasks`)) {
      if (Deno.readTextFileSync(`${directory}/tasks/${file.name}`) !== "") count++;
    }
  }
  return count;
}

/** As a program: reads the project in `<root>` once, by the reader `<how>`, and prints the milliseconds that took. */
if (import.meta.main) {
  const [root = "", how] = Deno.args;
  const started = performance.now();
  const count = how === "plainly" ? readPlainly(root) : await readPackages(root);
  const ms = performance.now() - started;
  if (count === 0) throw new Error("nothing was read");
  console.log(ms);
}
