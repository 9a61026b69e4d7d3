import assert from "node:assert/strict";
import { catalogue } from "../../src/cli/commands/registry.ts";
import { VARIABLES } from "../../src/cli/permissions/requirements.ts";
import { INVALID_REASONS } from "../../src/contract/discovery.ts";
import { ERROR_CODES } from "../../src/contract/errors.ts";
import { FAILURE_ADVICE } from "../../src/events/failure.ts";
import { READINESS_STATES } from "../../src/user/readiness_wording.ts";
import { SETTINGS } from "../../src/user/setting_table.ts";

const ROOT = new URL("../../", import.meta.url);

Deno.test("every error code that the program raises is in the troubleshooting page", async () => {
  const page = await text("docs/troubleshooting.md");
  const raised = new Set<string>([
    ...Object.keys(ERROR_CODES),
    ...INVALID_REASONS,
    ...Object.keys(FAILURE_ADVICE),
    ...READINESS_STATES.filter((state) => state !== "ready"),
  ]);
  for await (const source of sources("src/")) {
    for (const [, code] of source.matchAll(/\b(?:code|fault|errorCode): "([a-z_]+)"/g)) {
      raised.add(code ?? "");
    }
  }
  assert.ok(raised.size > 80, "the codes were found");
  assert.deepEqual([...raised].filter((code) => !page.includes(`\`${code}\``)).toSorted(), []);
});

Deno.test("every code of the troubleshooting page is one that the program knows", async () => {
  const page = await text("docs/troubleshooting.md");
  const listed = [...page.matchAll(/^\| ((?:`[a-z_]+`(?:, )?)+)/gm)]
    .flatMap(([, cell]) =>
      [...(cell ?? "").matchAll(/`([a-z_]+)`/g)].map((match) => match[1] ?? "")
    );
  const whole = (await Array.fromAsync(sources("src/"))).join("\n");
  const unknown = listed.filter((code) =>
    !new RegExp(`["'\`]${code}["'\`]|\\b${code}:`).test(whole)
  );
  assert.ok(listed.length > 80, "the codes were found");
  assert.deepEqual(unknown, []);
});

Deno.test("every command is in a guide or the reference", async () => {
  const pages = ["README.md", ...await guides()];
  const whole = (await Promise.all(pages.map(text))).join("\n");
  const missing = (await catalogue(true)).map(({ path }) => path)
    .filter((path) => !new RegExp(`(?:tracker |\`)${path}\\b`).test(whole));
  assert.deepEqual(missing, []);
});

Deno.test("every setting and every variable is in the configuration page", async () => {
  const page = await text("docs/configuration.md");
  const names = new Set<string>([...SETTINGS.map(({ key }) => key), ...VARIABLES]);
  for await (const source of sources("src/")) {
    for (const [, name] of source.matchAll(/\benv\.get\("([A-Z_]+)"\)/g)) names.add(name ?? "");
    for (const [, name] of source.matchAll(/"((?:SPEC_KITTY|TRACKER)_[A-Z_]+)"/g)) {
      names.add(name ?? "");
    }
  }
  assert.deepEqual([...names].filter((name) => !page.includes(`\`${name}\``)).toSorted(), []);
});

Deno.test("every page is in the index", async () => {
  const index = await text("docs/README.md");
  const pages = (await guides()).map((path) => path.slice("docs/".length));
  assert.deepEqual(
    pages.filter((page) => page !== "README.md" && !index.includes(`](${page})`)),
    [],
  );
});

async function guides(): Promise<string[]> {
  const found = await Array.fromAsync(Deno.readDir(new URL("docs/", ROOT)));
  return found.filter(({ name }) => name.endsWith(".md")).map(({ name }) => `docs/${name}`)
    .toSorted();
}

async function* sources(directory: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(new URL(directory, ROOT))) {
    if (isDirectory) yield* sources(`${directory}${name}/`);
    else if (/\.tsx?$/.test(name)) yield await text(directory + name);
  }
}

async function text(path: string): Promise<string> {
  return await Deno.readTextFile(new URL(path, ROOT));
}
