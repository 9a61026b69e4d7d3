import assert from "node:assert/strict";
import plugin from "../../scripts/lint/platform_door.ts";

/** The rules and texts that the plugin reports for a file of `src/client/`. */
function reported(source: string, filename = "src/client/client.ts"): string[] {
  return Deno.lint.runPlugin(plugin, filename, source)
    .map((found) => `${found.id} ${source.slice(...found.range)}`);
}

const FORBIDDEN: Readonly<Record<string, string>> = {
  "Deno.cwd();": "Deno",
  "type A = Deno.FsFile;": "Deno",
  "let a: typeof Deno.cwd;": "Deno",
  "const a = { Deno };": "Deno",
  "await fetch(request);": "fetch",
  "const send = fetch;": "fetch",
  "call({ fetch });": "fetch",
  "call({ send: fetch });": "fetch",
  "export { fetch };": "fetch",
  "globalThis.fetch(request);": "globalThis",
  "setTimeout(done, 1);": "setTimeout",
  "setInterval(done, 1);": "setInterval",
  "clearTimeout(timer);": "clearTimeout",
  "console.log(1);": "console",
  "process.exit(1);": "process",
  "performance.now();": "performance",
  "Date.now();": "Date.now",
  'Date["now"]();': 'Date["now"]',
  "const { now } = Date;": "now",
  "new Date();": "new Date()",
  "Date();": "Date()",
  "Math.random();": "Math.random",
  "crypto.randomUUID();": "crypto.randomUUID",
  "crypto.getRandomValues(bytes);": "crypto.getRandomValues",
  "AbortSignal.timeout(1);": "AbortSignal.timeout",
  'import { readFile } from "node:fs";': 'import { readFile } from "node:fs";',
  'import process from "node:process";': 'import process from "node:process";',
  'import "node:process";': 'import "node:process";',
  'import { randomBytes } from "node:crypto";': 'import { randomBytes } from "node:crypto";',
  'const { randomUUID } = await import("node:crypto");': 'import("node:crypto")',
  'const { ...all } = await import("node:crypto");': 'import("node:crypto")',
  'const all = await import("node:crypto");': 'import("node:crypto")',
  'await import("node:os");': 'import("node:os")',
};

for (const [source, range] of Object.entries(FORBIDDEN)) {
  Deno.test(`Outside the platform, "${source}" is reported`, () => {
    assert.deepEqual(reported(source), [`house/platform-door ${range}`]);
  });
}

const ALLOWED: readonly string[] = [
  "platform.fetch(request);",
  "const { fetch } = platform; fetch(request);",
  "function send(fetch) { return () => fetch(1); }",
  "const send = ({ fetch = other, ...rest }) => fetch(1);",
  "class A { fetch() { return this.fetch; } }",
  "interface A { fetch: B; console(process: string): void }",
  "type A = (process: string) => void;",
  'import { console } from "./a.ts"; console.log(1);',
  "for (const process of list) process.kill();",
  "for (let process = 1;;) process++;",
  "try { run(); } catch (process) { tell(process); }",
  "function process() {} process();",
  "switch (a) { case 1: const process = 1; use(process); }",
  "const a = { fetch: b, Deno: c };",
  "new Date(platform.clock.now());",
  "Date.UTC(2026, 1, 1); Math.max(1, 2); crypto.subtle.digest(a, b);",
  'import { createHash, scrypt } from "node:crypto";',
  'const { scrypt: derive } = await import("node:crypto");',
  'import { join } from "../platform/paths.ts";',
  'const { "Date": x, ...rest } = facts; const [process] = list; use(process);',
];

for (const source of ALLOWED) {
  Deno.test(`Outside the platform, "${source}" is fine`, () => {
    assert.deepEqual(reported(source), []);
  });
}

Deno.test("The platform, the edges, tests and scripts may name the machine", () => {
  const root = new URL("../../", import.meta.url).pathname;
  for (const file of ["src/platform/files.ts", "main.ts", "mod.ts", "tests/a/src/b.ts"]) {
    assert.deepEqual(reported("Deno.cwd();", file), [], file);
    assert.deepEqual(reported("Deno.cwd();", root + file), [], file);
  }
  assert.equal(reported("Deno.cwd();", `${root}src/cli/a.ts`).length, 1);
});

Deno.test("A comment that silences a check is reported anywhere", () => {
  for (const word of ["deno-lint-ignore", "deno-fmt-ignore-file", "deno-coverage-ignore"]) {
    const source = `const a = 1; // ${word} no-var`;
    assert.equal(reported(source, "tests/a.ts").length, 1, word);
  }
  for (const word of ["ts-ignore", "ts-expect-error", "ts-nocheck"]) {
    assert.equal(reported(`/* @${word} */`, "scripts/a.ts").length, 1, word);
  }
  assert.deepEqual(reported('const a = "deno-lint-ignore"; // why one may ignore it'), []);
});

Deno.test("A cast is reported in src, a const assertion is not", () => {
  assert.deepEqual(reported("const a = b as string;"), ["house/no-cast b as string"]);
  assert.deepEqual(reported("const a = <string> b;"), ["house/no-cast <string> b"]);
  assert.deepEqual(reported("const a = b!;"), ["house/no-cast b!"]);
  assert.deepEqual(reported("const a = [1] as const;"), []);
  assert.deepEqual(reported("const a = b satisfies string;"), []);
  assert.deepEqual(reported("const a = b as string;", "tests/a.ts"), []);
});
