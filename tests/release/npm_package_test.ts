import assert from "node:assert/strict";
import { toFileUrl } from "../../scripts/file_urls.ts";
import { npmReadme } from "../../scripts/npm_readme.ts";
import { packagesIn } from "../../scripts/bundle.ts";
import { COMPLETIONS, DENO_FLAGS, manifestOf, packNpm } from "../../scripts/pack_npm.ts";
import { BAKED_FLAGS } from "../../scripts/compile.ts";
import { VERSION } from "../../src/cli/version.ts";
import { ended, layDeno, nodes, NPM } from "./npm_setup.ts";

const ROOT = new URL("../../", import.meta.url);
const BASE = "https://example.com/blob/v1/";

Deno.test("The manifest is in step with the program, and pins the Deno that releases are made with", async () => {
  const manifest = await manifestOf();
  const program = JSON.parse(await text("deno.json"));
  assert.equal(manifest.name, program.name);
  assert.equal(manifest.version, VERSION);
  assert.equal(manifest.license, program.license);
  const ci = /^DENO_VERSION=(\d+\.\d+\.\d+)$/m.exec(await text(".ci/run"))?.[1];
  assert.ok(ci);
  assert.deepEqual(manifest.dependencies, { deno: ci });
  assert.ok(!("scripts" in manifest), "nothing runs at its installation");
});

Deno.test("The program is started with the permissions of an executable, and takes no code but its own", () => {
  assert.deepEqual(DENO_FLAGS.slice(-BAKED_FLAGS.length), BAKED_FLAGS);
  for (const flag of ["--no-config", "--no-lock", "--no-remote", "--no-npm"]) {
    assert.ok(DENO_FLAGS.includes(flag), flag);
  }
});

Deno.test("npm's README is ours without what needs a checkout, and its links lead to the release", async () => {
  const readme = npmReadme(await text("README.md"), BASE);
  assert.match(readme, /^# tracker\n/);
  assert.match(readme, /npm install -g @spec-kitty\/tracker\n/);
  assert.match(readme, /^## Use it$/m);
  assert.doesNotMatch(readme, /<!--|deno task|no-run|install\.sh|\.\/mod\.ts/);
  assert.ok(readme.includes(`(${BASE}docs/install.md#npm)`));
  for (const [link, target = ""] of readme.matchAll(/\]\(([^)]+)\)/g)) {
    assert.match(target, /^(https:|#)/, link);
  }
  for (const [fence] of readme.matchAll(/^```.*$/gm)) assert.match(fence, /^```[a-z]*$/);
});

Deno.test("A bundle's packages are those whose modules it names", () => {
  const bundle = [
    "// ../src/cli/main.ts",
    "// ../../.cache/deno/npm/registry.example/yaml/2.9.1/browser/index.js",
    "  // ../../.cache/deno/npm/registry.example/@optique/core/1.3.6/dist/a.js",
    "// ../../.cache/deno/npm/registry.example/yaml/2.9.1/browser/dist/b.js",
  ].join("\n");
  assert.deepEqual(packagesIn(bundle), ["yaml/2.9.1", "@optique/core/1.3.6"]);
});

Deno.test("The package holds what it says, is small, and works as npm lays it, in a project of another program", async () => {
  const all = await nodes();
  if (all.length === 0 || !await hasNpm()) return;
  const base = await Deno.realPath(await Deno.makeTempDir({ prefix: "tracker-npm-" }));
  try {
    const { directory, files, size } = await packNpm(toFileUrl("packed/", base));
    assert.deepEqual(
      files.map(({ path }) => path).toSorted(),
      [
        "LICENSE",
        "LICENSES.txt",
        "README.md",
        "agents.js",
        "commands.js",
        "flags.json",
        "host.js",
        "package.json",
        "program.js",
        "tracker.1",
        "tracker.cjs",
        "tracker.js",
        ...Object.values(COMPLETIONS),
      ].toSorted(),
    );
    assert.ok(size < 1_500_000, `${size} bytes`);
    const held = (path: string) => Deno.readTextFile(`${directory}/${path}`);
    assert.equal(await held("tracker.1"), await text("docs/tracker.1"));
    assert.match(await held(COMPLETIONS["bash"] ?? ""), /<\(tracker 'completion' 'bash'/);
    assert.match(await held("LICENSES.txt"), /^hono \d[^]*^yaml \d/m);
    for (const node of all) await worksIn(`${base}/${node.version}`, directory, node.path);
  } finally {
    await Deno.remove(base, { recursive: true });
  }
});

/** In a project with a configuration of Deno that no Deno can read, and with packages of its own. */
async function worksIn(home: string, packed: string, node: string): Promise<void> {
  const modules = `${home}/project/node_modules`;
  const installed = `${modules}/@spec-kitty/tracker`;
  await Deno.mkdir(installed, { recursive: true });
  for await (const { name, isFile } of Deno.readDir(packed)) {
    if (isFile) await Deno.copyFile(`${packed}/${name}`, `${installed}/${name}`);
  }
  await layDeno(modules);
  await Deno.mkdir(`${home}/project/.kittify`);
  await Deno.writeTextFile(`${home}/project/deno.json`, "{ broken");
  await Deno.writeTextFile(`${home}/project/package.json`, '{ "type": "commonjs" }');
  const env = {
    HOME: home,
    USERPROFILE: home,
    PATH: Deno.env.get("PATH") ?? "",
    SPEC_KITTY_ENABLE_SAAS_SYNC: "1",
    SPEC_KITTY_SAAS_URL: "http://127.0.0.1:9",
  };
  const run = (...args: readonly string[]) =>
    ended([node, `${installed}/tracker.cjs`, ...args], { cwd: `${home}/project`, env });
  const version = await run("--version");
  assert.match(version.stdout, new RegExp(`^tracker ${VERSION} \\(`), version.stderr);
  assert.equal((await run("statsu")).code, 2);
  const daemon = await run("daemon", "start");
  assert.equal(daemon.code, 0, daemon.stderr);
  assert.equal((await run("daemon", "stop")).code, 0);
  await ended(["git", "init", "--quiet", "."], { cwd: `${home}/project`, env });
  const hook = await run("wp", "hook", "install");
  assert.equal(hook.code, 0, hook.stderr);
  const script = await Deno.readTextFile(`${home}/project/.git/tracker-wp-push.sh`);
  assert.ok(script.includes(`exec '${installed}/tracker.cjs' wp push`), script);
}

async function text(path: string): Promise<string> {
  return await Deno.readTextFile(new URL(path, ROOT));
}

async function hasNpm(): Promise<boolean> {
  try {
    return (await new Deno.Command(NPM, { args: ["--version"], stdout: "null" }).output()).success;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    console.log("skipped: there is no npm on the path");
    return false;
  }
}
