import assert from "node:assert/strict";

/**
 * Runs `test` while nothing below `directory` can be changed: by its modes, or for a user to whom modes do not apply by
 * a mount of its own. Answers false, the test not run, where neither can be had.
 */
export async function onReadOnlyDisk(
  directory: string,
  test: () => Promise<void>,
): Promise<boolean> {
  if (Deno.build.os === "windows") return false;
  if (Deno.uid() === 0) return await onReadOnlyMount(directory, test);
  await setModes(directory, 0o555, 0o444);
  try {
    await test();
  } finally {
    await setModes(directory, 0o755, 0o644);
  }
  return true;
}

async function onReadOnlyMount(directory: string, test: () => Promise<void>): Promise<boolean> {
  if (!await succeeds("mount", "--bind", directory, directory)) return false;
  try {
    if (!await succeeds("mount", "-o", "remount,bind,ro", directory)) return false;
    await test();
  } finally {
    await succeeds("umount", directory);
  }
  return true;
}

async function setModes(directory: string, forDirectory: number, forFile: number): Promise<void> {
  await Deno.chmod(directory, 0o755);
  for await (const { name, isDirectory } of Deno.readDir(directory)) {
    const path = `${directory}/${name}`;
    if (isDirectory) await setModes(path, forDirectory, forFile);
    else await Deno.chmod(path, forFile);
  }
  await Deno.chmod(directory, forDirectory);
}

/** Runs `test` in a directory on a disk of `megabytes`; answers false, the test not run, where none can be had. */
export async function onSmallDisk(
  megabytes: number,
  test: (directory: string) => Promise<void>,
): Promise<boolean> {
  if (Deno.build.os !== "linux" || Deno.uid() !== 0) return false;
  const directory = await Deno.makeTempDir({ prefix: "tracker-disk-" });
  try {
    const size = `size=${megabytes}m,mode=0755`;
    if (!await succeeds("mount", "-t", "tmpfs", "-o", size, "tmpfs", directory)) return false;
    try {
      await test(directory);
    } finally {
      await succeeds("umount", "--lazy", directory);
    }
    return true;
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** Fills a disk with a file, until nothing more can be written. */
export async function fillDisk(path: string): Promise<void> {
  const file = await Deno.open(path, { write: true, create: true });
  try {
    for (;;) await file.write(new Uint8Array(4_096));
  } catch (error) {
    assert.match(String(error), /No space left/);
  } finally {
    file.close();
  }
}

/** Runs a program of the machine; answers false where it fails or is not to be had. */
export async function succeeds(command: string, ...args: string[]): Promise<boolean> {
  try {
    const options = { args, stdin: "null", stdout: "null", stderr: "null" } as const;
    return (await new Deno.Command(command, options).output()).success;
  } catch {
    return false;
  }
}
