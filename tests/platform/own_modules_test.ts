import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { unreadableFault } from "../../src/platform/own_modules.ts";
import { sourcesOf, systemPlatform } from "../../src/platform/system.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url)).replace(/[\\/]$/, "");
const FLAG = `--allow-read=${ROOT}`;

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function started(flags: readonly string[], ...args: readonly string[]): Promise<Ended> {
  const output = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "--quiet", ...flags, `${ROOT}/main.ts`, ...args],
    cwd: fileURLToPath(new URL(".", import.meta.url)),
    stdin: "null",
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code: output.code, stdout: text(output.stdout), stderr: text(output.stderr) };
}

for (const args of [[], ["--help"], ["status"], ["help", "status"]]) {
  Deno.test(`"${args.join(" ")}" without leave to read the program's modules says so in its own words`, async () => {
    assert.deepEqual(await started([], ...args), {
      code: 1,
      stdout: "",
      stderr: `✗ Permission needed: read "${ROOT}", the program's own modules\n` +
        `  Run with \`${FLAG}\` beside what the command itself needs.\n`,
    });
  });
}

Deno.test("under --json it is said as a document", async () => {
  const { code, stdout, stderr } = await started([], "status", "--json");
  assert.deepEqual([code, stdout], [1, ""]);
  const { error } = JSON.parse(stderr);
  assert.equal(error.code, "permission_needed");
  assert.deepEqual(error.details, { permission: "read", target: ROOT, flag: FLAG, flags: [FLAG] });
});

Deno.test("the version needs no permission", async () => {
  const { code, stdout, stderr } = await started([], "--version");
  assert.deepEqual([code, stderr], [0, ""]);
  assert.match(stdout, /^tracker \d/);
});

Deno.test("with leave to read its modules the program says what the command needs, these among it", async () => {
  const { stderr } = await started([FLAG], "config", "list");
  assert.match(stderr, /^✗ Permission needed: /);
  assert.ok(stderr.split("\n")[2]?.includes(ROOT), stderr);
});

Deno.test("a module that is denied by itself is told as a permission that is needed", async () => {
  const one = `--deny-read=${ROOT}/src/cli/commands/registry.ts`;
  const { code, stderr } = await started(["--no-prompt", FLAG, one], "providers", "--json");
  const { error } = JSON.parse(stderr);
  assert.deepEqual([code, error.code], [1, "permission_needed"]);
  assert.equal(error.details.target, `${ROOT}/src/cli/commands/registry.ts`);
});

Deno.test("a path with a comma is not named as two others", () => {
  assert.match(unreadableFault("/home/a,/etc", []), /Run with `--allow-read` beside/);
});

Deno.test("the sources are the checkout; a bundle and a registry have none to be read later", () => {
  assert.equal(systemPlatform().system.sources, ROOT.replaceAll("\\", "/"));
  assert.equal(sourcesOf("source", undefined), null);
  assert.equal(sourcesOf("bundle", "/program"), null);
});
