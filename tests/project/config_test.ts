import assert from "node:assert/strict";
import {
  type BindingConfig,
  clearBinding,
  isConfigured,
  loadBinding,
  NO_BINDING,
  saveBinding,
} from "../../src/project/config.ts";
import { configPath } from "../../src/project/config_file.ts";
import type { Files } from "../../src/platform/files.ts";
import { withPlatform } from "../support/platform.ts";
import { COMPLETE, withConfig } from "./config_support.ts";

Deno.test("a complete binding is read with reference, label and context", async () => {
  await withConfig(COMPLETE, async (platform) => {
    assert.deepEqual(await loadBinding(platform, platform.home), {
      provider: "linear",
      bindingRef: "srm_01HXYZ",
      projectSlug: "my-project",
      displayLabel: "My Project (LINEAR-123)",
      providerContext: { team_name: "Engineering", workspace_name: "Acme Corp" },
      workspace: null,
      doctrineMode: "split_ownership",
      fieldOwners: { title: "external" },
      strategy: "manual_review",
    });
  });
});

Deno.test("an old config without the newer keys loads", async () => {
  await withConfig("tracker:\n  provider: jira\n  project_slug: web\n", async (platform) => {
    assert.deepEqual(await loadBinding(platform, platform.home), {
      ...NO_BINDING,
      provider: "jira",
      projectSlug: "web",
    });
  });
});

for (const text of [null, "", "# nothing\n", "tracker:\n", "other: 1\n", "tracker: {}\n"]) {
  Deno.test(`a project has no binding when its config is ${JSON.stringify(text)}`, async () => {
    await withConfig(text, async (platform, read) => {
      assert.deepEqual(await loadBinding(platform, platform.home), NO_BINDING);
      assert.equal(await clearBinding(platform, platform.home), text === "tracker: {}\n");
      if (text !== "tracker: {}\n") assert.equal(await read(), text);
    });
  });
}

Deno.test("numbers are read as they are written", async () => {
  await withConfig(
    "tracker: {provider: jira, project_slug: 007, workspace: 1e5}\n",
    async (platform) => {
      const binding = await loadBinding(platform, platform.home);
      assert.equal(binding.projectSlug, "007");
      assert.equal(binding.workspace, "1e5");
    },
  );
});

Deno.test("unknown keys inside tracker pass through a bind and an unbind", async () => {
  await withConfig(
    "tracker:\n  provider: jira\n  future: {deep: [1, 2]} # kept\n  doctrine:\n    mode: x\n    also: kept\n",
    async (platform, read) => {
      await saveBinding(platform, platform.home, { provider: "linear", bindingRef: "srm_1" });
      assert.equal(
        await read(),
        "tracker:\n  provider: linear\n  future: {deep: [1, 2]} # kept\n  doctrine:\n    mode: x\n    also: kept\n  binding_ref: srm_1\n",
      );
      assert.equal(await clearBinding(platform, platform.home), true);
      assert.equal(
        await read(),
        "tracker:\n  future: {deep: [1, 2]} # kept\n  doctrine:\n    also: kept\n",
      );
    },
  );
});

Deno.test("a binding that is saved is read back the same, in the order of the page", async () => {
  await withConfig(null, async (platform, read) => {
    const binding: BindingConfig = {
      provider: "linear",
      bindingRef: "srm_1",
      projectSlug: "web",
      displayLabel: "Web (WEB)",
      providerContext: { team: "Core", nested: { list: [1, null, true] } },
      workspace: "w",
      doctrineMode: "split_ownership",
      fieldOwners: { title: "external", body: "shared" },
      strategy: "manual_review",
    };
    assert.deepEqual(await saveBinding(platform, platform.home, binding), binding);
    assert.deepEqual(await loadBinding(platform, platform.home), binding);
    assert.equal(
      await read(),
      `tracker:
  provider: linear
  binding_ref: srm_1
  project_slug: web
  display_label: "Web (WEB)"
  provider_context: {team: Core, nested: {list: [1, null, true]}}
  workspace: w
  doctrine:
    mode: split_ownership
    field_owners: {title: external, body: shared}
    strategy: manual_review
`,
    );
  });
});

Deno.test("null removes a key, and what is left out stays", async () => {
  await withConfig(COMPLETE, async (platform, read) => {
    const saved = await saveBinding(platform, platform.home, {
      projectSlug: null,
      displayLabel: null,
      providerContext: null,
      fieldOwners: {},
      strategy: null,
    });
    assert.deepEqual(saved, await loadBinding(platform, platform.home));
    assert.equal(
      await read(),
      "project:\n  uuid: 550e8400-e29b-41d4-a716-446655440000\ntracker:\n  provider: linear\n  binding_ref: srm_01HXYZ\n  workspace: null\n  doctrine:\n    mode: split_ownership\n",
    );
  });
});

Deno.test("saving nothing new writes nothing, not even a new time of change", async () => {
  let writes = 0;
  const files = (real: Files): Files => ({
    ...real,
    writeAtomic(path, content, options) {
      writes++;
      return real.writeAtomic(path, content, options);
    },
  });
  await withPlatform({ files }, async (platform) => {
    await platform.files.writeAtomic(configPath(platform.home), COMPLETE);
    writes = 0;
    const binding = await loadBinding(platform, platform.home);
    await saveBinding(platform, platform.home, binding);
    await saveBinding(platform, platform.home, () => null);
    assert.equal(writes, 0);
  });
});

Deno.test("a config keeps its mode when it is changed", async () => {
  if (Deno.build.os === "windows") return;
  await withConfig(COMPLETE, async (platform) => {
    const path = configPath(platform.home);
    await platform.files.setMode(path, 0o640);
    await saveBinding(platform, platform.home, { bindingRef: "srm_2" });
    assert.equal((await platform.files.stat(path))?.mode, 0o640);
  });
});

const WHOLE: readonly [string, Partial<BindingConfig>, boolean][] = [
  ["nothing", {}, false],
  ["a provider alone", { provider: "linear" }, false],
  ["hosted with a reference", { provider: "linear", bindingRef: "srm_1" }, true],
  ["hosted with a legacy slug", { provider: "jira", projectSlug: "web" }, true],
  ["hosted with both", { provider: "github", bindingRef: "srm_1", projectSlug: "web" }, true],
  ["hosted with a workspace only", { provider: "gitlab", workspace: "w" }, false],
  ["a reference without a provider", { bindingRef: "srm_1", projectSlug: "web" }, false],
  ["local with a workspace", { provider: "beads", workspace: "w" }, true],
  ["local without one", { provider: "fp" }, false],
  ["local with hosted keys only", { provider: "fp", bindingRef: "r", projectSlug: "s" }, false],
  ["a removed provider", { provider: "azure-devops", bindingRef: "r", workspace: "w" }, false],
  ["an unknown provider", { provider: "trello", bindingRef: "r", workspace: "w" }, false],
];

for (const [name, fields, expected] of WHOLE) {
  Deno.test(`a binding with ${name} is ${expected ? "" : "not "}configured`, () => {
    assert.equal(isConfigured({ ...NO_BINDING, ...fields }), expected);
  });
}

const BROKEN: readonly [string, string, number][] = [
  ["tracker is a text", "a: 1\ntracker: linear\n", 2],
  ["tracker is a list", "tracker:\n- linear\n", 2],
  ["a reference is a mapping", "tracker:\n  binding_ref:\n    id: 1\n", 3],
  ["the context is a text", "tracker:\n  provider: x\n  provider_context: text\n", 3],
  ["the doctrine is a list", "tracker:\n  doctrine: [a]\n", 2],
  ["an owner is a list", "tracker:\n  doctrine:\n    field_owners:\n      title: [a]\n", 4],
  ["it is not YAML", "tracker:\n  provider: [linear\nx: 1\n", 3],
  ["it is not UTF-8", "tracker:\n  provider: \u00e9\n", 2],
];

for (const [name, text, line] of BROKEN) {
  Deno.test(`a config is refused with its line, and left alone, when ${name}`, async () => {
    await withPlatform({}, async (platform) => {
      const path = configPath(platform.home);
      const bytes = name === "it is not UTF-8"
        ? Uint8Array.from(text, (character) => character.charCodeAt(0))
        : new TextEncoder().encode(text);
      await platform.files.writeAtomic(path, bytes);
      const expected = (error: unknown) => {
        assert.ok(error instanceof Error && "code" in error);
        assert.equal(error.code, "config_invalid");
        assert.ok(
          error.message.startsWith(`"${path}" cannot be used, line ${line}: `),
          error.message,
        );
        return true;
      };
      await assert.rejects(loadBinding(platform, platform.home), expected);
      await assert.rejects(saveBinding(platform, platform.home, { provider: "jira" }), expected);
      await assert.rejects(clearBinding(platform, platform.home), expected);
      assert.deepEqual(await platform.files.readBytes(path), bytes);
    });
  });
}

Deno.test("the YAML parser is loaded only when there is a config", async () => {
  const info = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", "src/project/config.ts"],
    cwd: new URL("../../", import.meta.url),
  }).output();
  const text = new TextDecoder().decode(info.stdout);
  const { modules }: { modules: { specifier: string; dependencies?: Dependency[] }[] } = JSON.parse(
    text,
  );
  const statics = new Set<string>();
  const visit = (specifier: string) => {
    if (statics.has(specifier)) return;
    statics.add(specifier);
    const module = modules.find((candidate) => candidate.specifier === specifier);
    for (const { code, isDynamic } of module?.dependencies ?? []) {
      if (code !== undefined && isDynamic !== true) visit(code.specifier);
    }
  };
  visit(new URL("../../src/project/config.ts", import.meta.url).href);
  assert.deepEqual([...statics].filter((specifier) => /yaml_|npm:/.test(specifier)), []);
  assert.ok(statics.size > 3);
});

interface Dependency {
  readonly code?: { readonly specifier: string };
  readonly isDynamic?: boolean;
}
