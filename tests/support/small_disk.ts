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

async function succeeds(command: string, ...args: string[]): Promise<boolean> {
  try {
    return (await new Deno.Command(command, { args, stdout: "null", stderr: "null" }).output())
      .success;
  } catch {
    return false;
  }
}
