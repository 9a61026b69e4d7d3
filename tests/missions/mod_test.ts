import assert from "node:assert/strict";

const ROOT = new URL("../../", import.meta.url);

async function deno(...args: string[]): Promise<{ code: number; text: string }> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args,
    cwd: ROOT,
    env: { NO_COLOR: "1" },
  }).output();
  const decoder = new TextDecoder();
  return { code, text: decoder.decode(stdout) + decoder.decode(stderr) };
}

Deno.test("The examples of the missions run", async () => {
  const { code, text } = await deno("test", "--doc", "-A", "src/missions/mod.ts");
  assert.equal(code, 0, text);
  assert.match(text, /2 passed/);
});

Deno.test("Importing the missions needs no permission and does nothing", async () => {
  const { code, text } = await deno(
    "run",
    "--no-prompt",
    "--no-check",
    "-q",
    "src/missions/mod.ts",
  );
  assert.equal(code, 0, text);
  assert.equal(text, "");
});
