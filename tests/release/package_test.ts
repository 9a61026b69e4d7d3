import assert from "node:assert/strict";

const ROOT = new URL("../../", import.meta.url);
const MANIFEST: Record<string, unknown> = JSON.parse(
  await Deno.readTextFile(new URL("deno.json", ROOT)),
);

Deno.test("The package can be published as it is: no slow types, no file missing", async () => {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["publish", "--dry-run", "--allow-dirty"],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
    stdout: "null",
  }).output();
  const text = new TextDecoder().decode(stderr);
  assert.equal(code, 0, text);
  assert.match(text, /Dry run complete/);
  assert.doesNotMatch(text, /^warning/im);
  for (const path of ["main.ts", "mod.ts", "README.md", "LICENSE", "CHANGELOG.md"]) {
    assert.ok(text.includes(`/${path} (`), `${path} is not in the package`);
  }
  assert.doesNotMatch(text, /\/tests\/|\/scripts\/|\.env/);
});

Deno.test("The package starts the program, and offers its library under ./api", () => {
  assert.deepEqual(MANIFEST["exports"], { ".": "./main.ts", "./api": "./mod.ts" });
  assert.match(String(MANIFEST["name"]), /^@[a-z-]+\/tracker$/);
  assert.equal(MANIFEST["license"], "MIT");
});

Deno.test("No dependency comes from anywhere but the registry that builds can reach", () => {
  for (const [name, specifier] of Object.entries(Object(MANIFEST["imports"]))) {
    assert.match(String(specifier), /^npm:(@[\w-]+\/)?[\w-]+@\d+\.\d+\.\d+$/, name);
  }
});
