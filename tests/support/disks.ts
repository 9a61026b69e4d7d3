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
  if (!await works(["mount", "--bind", directory, directory])) return false;
  try {
    if (!await works(["mount", "-o", "remount,bind,ro", directory])) return false;
    await test();
  } finally {
    await works(["umount", directory]);
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

async function works([command = "", ...args]: readonly string[]): Promise<boolean> {
  try {
    return (await new Deno.Command(command, { args, stdout: "null", stderr: "null" }).output())
      .success;
  } catch {
    return false;
  }
}
