import assert from "node:assert/strict";
import { systemPlatform } from "../../src/platform/system.ts";

Deno.test({
  name: "standard input as a file is refused in the same words, whatever is permitted",
  ignore: Deno.build.os !== "linux",
  async fn() {
    for (const flags of [["-A"], ["--no-prompt", "--allow-read", "--allow-env"]]) {
      assert.equal(
        await said("/dev/stdin", flags),
        '"/dev/stdin" is a pipe or a device, not a regular file',
        flags.join(" "),
      );
    }
  },
});

Deno.test("a file that may not be read is no pipe", async () => {
  const path = `${import.meta.dirname}/bounded_read_test.ts`;
  assert.match(await said(path, ["--no-prompt"]), /^Requires read access to "/);
});

/** What a process with these permissions says of a file that it reads; its input is a pipe. */
async function said(path: string, flags: readonly string[]): Promise<string> {
  const program = new URL("./programs/read_file.ts", import.meta.url).href;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", ...flags, "--no-check", "--quiet", program, path],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  await child.stdin.close();
  const { stdout } = await child.output();
  return new TextDecoder().decode(stdout).trim();
}

Deno.test({
  name: "a pipe that a person named is read to its end, or to the limit",
  ignore: Deno.build.os === "windows",
  async fn() {
    const directory = await Deno.makeTempDir({ prefix: "tracker-pipe-" });
    try {
      const { files } = systemPlatform();
      const path = `${directory}/pipe`;
      const made = await new Deno.Command("mkfifo", { args: [path] }).output();
      assert.ok(made.success);
      for (const [bytes, fits] of [[1_000_000, true], [1_000_001, false]] as const) {
        const writer = new Deno.Command("head", {
          args: ["-c", String(bytes), "/dev/zero"],
          stdout: "piped",
        }).spawn();
        const writing = (async () => {
          using pipe = await Deno.open(path, { write: true });
          for await (const part of writer.stdout) {
            for (let written = 0; written < part.length;) {
              written += await pipe.write(part.subarray(written));
            }
          }
        })();
        const reading = files.readBytes(path, { maxBytes: 1_000_000, takesPipes: true });
        if (fits) assert.equal((await reading)?.length, bytes);
        else await assert.rejects(reading, { code: "file_too_large" });
        await writing.catch((error) => assert.ok(error instanceof Deno.errors.BrokenPipe));
        await writer.status;
      }
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  },
});
