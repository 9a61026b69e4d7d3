import assert from "node:assert/strict";
import { systemClock } from "../../src/platform/clock.ts";
import { type Files, systemFiles } from "../../src/platform/files.ts";
import { systemRandom } from "../../src/platform/random.ts";
import { configPath } from "../../src/project/config_file.ts";
import { kebabCase, loadIdentity, projectIdentity } from "../../src/project/identity.ts";
import { type TestPlatform, withPlatform } from "../support/platform.ts";

const USER = { env: { USER: "ada" } } as const;

async function withProject(
  options: Parameters<typeof withPlatform>[0],
  test: (platform: TestPlatform, root: string) => Promise<void>,
): Promise<void> {
  await withPlatform(options, async (platform) => {
    const root = `${platform.home}/My Web App`;
    await platform.files.makeDirectory(root);
    await test(platform, root);
  });
}

Deno.test("an identity is made once, saved, and read back", async () => {
  await withProject(USER, async (platform, root) => {
    const made = await loadIdentity(platform, root);
    assert.match(made.uuid, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
    assert.notEqual(made.buildId, made.uuid);
    assert.match(made.nodeId, /^[0-9a-f]{12}$/);
    assert.equal(made.slug, "my-web-app");
    assert.equal(made.repoSlug, null);
    assert.equal(made.persisted, true);
    assert.deepEqual(await loadIdentity(platform, root), made);
    assert.deepEqual(projectIdentity(made), {
      uuid: made.uuid,
      slug: "my-web-app",
      node_id: made.nodeId,
      repo_slug: null,
      build_id: made.buildId,
    });
    assert.equal(platform.stderr(), "");
  });
});

Deno.test("only what is missing is made, and the user's own values stay", async () => {
  await withProject(USER, async (platform, root) => {
    await platform.files.writeAtomic(
      configPath(root),
      "project:\n  slug: 'Mine' # by hand\n  repo_slug: acme/web\n  node_id: 123456789012\n",
    );
    const made = await loadIdentity(platform, root);
    assert.equal(made.slug, "Mine");
    assert.equal(made.repoSlug, "acme/web");
    assert.equal(made.nodeId, "123456789012");
    assert.equal(
      await platform.files.readText(configPath(root)),
      `project:\n  slug: 'Mine' # by hand\n  repo_slug: acme/web\n  node_id: 123456789012\n  uuid: ${made.uuid}\n  build_id: ${made.buildId}\n`,
    );
  });
});

Deno.test("the slug comes from the origin remote's name, and the repository's from its address", async () => {
  await withProject(USER, async (platform, root) => {
    await platform.files.writeAtomic(
      `${root}/.git/config`,
      '[remote "origin"]\n\turl = git@example.com:acme/Web_Shop.git\n',
    );
    const made = await loadIdentity(platform, root);
    assert.equal(made.slug, "web-shop");
    assert.equal(made.repoSlug, "acme/Web_Shop");
    assert.doesNotMatch(await platform.files.readText(configPath(root)) ?? "", /repo_slug/);
    assert.equal(await platform.files.stat(`${root}/.kittify/.config.lock`), null);
  });
});

Deno.test("the node id is the same for one user on one machine and another for any other", async () => {
  const ids: string[] = [];
  for (
    const [user, hostname] of [["ada", "one"], ["ada", "one"], ["ada", "two"], ["bob", "one"]]
  ) {
    await withProject(
      { env: { USER: user ?? "" }, system: { hostname: () => hostname ?? null } },
      async (platform, root) => void ids.push((await loadIdentity(platform, root)).nodeId),
    );
  }
  assert.equal(ids[0], ids[1]);
  assert.equal(new Set(ids).size, 3);
});

Deno.test("the node id is made by chance when the machine or the user is not known", async () => {
  for (const options of [{ env: {} }, { ...USER, system: { hostname: () => null } }]) {
    await withProject(options, async (platform, root) => {
      const made = await loadIdentity(platform, root);
      assert.match(made.nodeId, /^[0-9a-f]{12}$/);
      assert.equal((await loadIdentity(platform, root)).nodeId, made.nodeId);
    });
  }
});

const READ_ONLY: readonly [string, (real: Files) => Partial<Files>, RegExp][] = [
  ["the file system is read-only", () => ({
    lock: () => Promise.reject(new Error("Read-only file system (os error 30)")),
  }), /Read-only file system/],
  ["the config may not be written", () => ({
    writeAtomic: () => Promise.reject(new Error("Permission denied (os error 13)")),
  }), /Permission denied/],
  ["the program has no permission to write", () => ({
    lock: () => {
      const denied = new Error("Requires write access");
      denied.name = "NotCapable";
      return Promise.reject(denied);
    },
  }), /Requires write access/],
];

for (const [name, fault, reason] of READ_ONLY) {
  Deno.test(`the identity stays in memory, with one warning, when ${name}`, async () => {
    await withProject(USER, async (platform, root) => {
      const text = "project:\n  slug: kept\n";
      await platform.files.writeAtomic(configPath(root), text);
      const broken = { ...platform, files: { ...platform.files, ...fault(platform.files) } };
      const made = await loadIdentity(broken, root);
      assert.equal(made.persisted, false);
      assert.equal(made.slug, "kept");
      assert.match(made.uuid, /^[0-9a-f-]{36}$/);
      assert.equal(await platform.files.readText(configPath(root)), text);
      assert.match(platform.stderr(), /^Warning: .*temporary one is used\.\n$/);
      assert.match(platform.stderr(), reason);
      const warnings: string[] = [];
      await loadIdentity(broken, root, { warn: (message) => warnings.push(message) });
      assert.equal(warnings.length, 1);
    });
  });
}

Deno.test("a config that is not YAML is no reason for a new identity", async () => {
  await withProject(USER, async (platform, root) => {
    await platform.files.writeAtomic(configPath(root), "project: [\n");
    await assert.rejects(loadIdentity(platform, root), { code: "config_invalid" });
    assert.equal(await platform.files.readText(configPath(root)), "project: [\n");
  });
});

Deno.test("two commands that start at once agree on one identity", async () => {
  await withProject(USER, async (platform, root) => {
    // The real clock: one waits some milliseconds for the other.
    const machine = { ...platform, files: systemFiles(systemClock(), systemRandom()) };
    const [a, b] = await Promise.all([
      loadIdentity(machine, root),
      loadIdentity({ ...machine, random: { ...platform.random, uuid: () => "other" } }, root),
    ]);
    assert.deepEqual(a, b);
  });
});

Deno.test("kebab case keeps letters and digits of the plain alphabet", () => {
  assert.equal(kebabCase("  Ünïque Näme_2.0! "), "unique-name-2-0");
  assert.equal(kebabCase("日本"), "");
});
