import assert from "node:assert/strict";

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
