import type { Files } from "../../src/platform/files.ts";
import { fillDisk, succeeds } from "../support/disks.ts";
import type { CommandResult } from "../support/cli.ts";
import { programUnderTest, runIn, type World } from "../support/world.ts";

/** Runs a command of the world as somebody for whom the modes of files count. */
export type StartMortal = (args: readonly string[]) => Promise<CommandResult>;

/** How to run commands to whom modes apply; `null` where that cannot be had. */
export async function startWithoutPrivileges(world: World): Promise<StartMortal | null> {
  if (Deno.build.os === "windows") return null;
  const without = ["--bounding-set", "-dac_override,-dac_read_search"];
  const prefix = Deno.uid() === 0 ? ["setpriv", ...without] : [];
  if (Deno.uid() === 0 && !(await succeeds("setpriv", ...without, "true"))) return null;
  return (args) => runIn(world, [...prefix, ...programUnderTest(), ...args]);
}

/**
 * Runs `test` while the disk below `directory` is full: a real one where it can be mounted (then
 * answers true), else with files that answer as a full disk does. The file named holds `content`.
 */
export async function fullDisk(
  directory: string,
  content: string | null,
  test: (files: (real: Files) => Files) => Promise<void>,
  name = "config.yaml",
  room = 0,
): Promise<boolean> {
  await Deno.mkdir(directory, { recursive: true });
  const size = 16_384 + room;
  const isReal = Deno.build.os === "linux" && Deno.uid() === 0 &&
    await succeeds("mount", "-t", "tmpfs", "-o", `size=${size},mode=700`, "tmpfs", directory);
  try {
    if (content !== null) {
      await Deno.writeTextFile(`${directory}/${name}`, content, { mode: 0o600 });
    }
    if (isReal && room === 0) await fill(directory);
    if (isReal) await test((real) => real);
    else if (content !== null) await test(withoutRoom);
    return isReal;
  } finally {
    if (isReal) await succeeds("umount", directory);
  }
}

/** Leaves not a byte free, but lets a lock's empty file be made. */
async function fill(directory: string): Promise<void> {
  for (const lock of [".config.lock", "credentials.lock"]) {
    await Deno.writeTextFile(`${directory}/${lock}`, "");
  }
  await fillDisk(`${directory}/filling`);
}

function withoutRoom(real: Files): Files {
  return {
    ...real,
    writeAtomic: (path) =>
      Promise.reject(new Error(`No space left on device (os error 28): write '${path}'`)),
  };
}
