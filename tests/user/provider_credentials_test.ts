import assert from "node:assert/strict";
import fc from "../support/properties.ts";
import { CredentialStore } from "../../src/user/credentials.ts";
import { userPaths } from "../../src/user/paths.ts";
import { withPlatform } from "../support/platform.ts";

/** A credentials file, and what reads and writes it. */
async function withFile(
  file: string,
  test: (store: CredentialStore, text: () => Promise<string>) => Promise<void>,
): Promise<void> {
  await withPlatform({}, async (platform) => {
    const { credentials } = userPaths(platform);
    await platform.files.writeAtomic(credentials, file, { mode: 0o600 });
    await test(
      new CredentialStore({ platform }),
      async () => await platform.files.readText(credentials) ?? "",
    );
  });
}

const OLD = "# mine\n[tracker.providers.beads] # local\ncommand = 'bd' # tool\ncwd = '/x'\n";

Deno.test("a project without values of its own uses those of every project", () =>
  withFile(OLD, async (store, text) => {
    assert.deepEqual(await store.providerCredentials("beads", "/app"), {
      command: "bd",
      cwd: "/x",
    });
    assert.deepEqual(await store.providerCredentials("fp", "/app"), {});
    assert.equal(await store.clearProjectCredentials("beads", "/app"), false);
    assert.equal(await text(), OLD);
  }));

Deno.test("a project's own values come first, and are no other project's", () =>
  withFile(OLD, async (store, text) => {
    await store.saveProjectCredentials("beads", "/app", { cwd: "/app/issues" });
    await store.saveProjectCredentials("beads", "/web", { command: "/opt/bd", cwd: "/web" });
    const of = (project: string) => store.providerCredentials("beads", project);
    assert.deepEqual(await of("/app"), { command: "bd", cwd: "/app/issues" });
    assert.deepEqual(await of("/web"), { command: "/opt/bd", cwd: "/web" });
    assert.deepEqual(await of("/app/issues"), { command: "bd", cwd: "/x" });
    assert.ok((await text()).startsWith(OLD.trimEnd()), await text());
    assert.equal(await store.clearProjectCredentials("beads", "/app"), true);
    assert.deepEqual(await of("/app"), { command: "bd", cwd: "/x" });
    assert.deepEqual(await of("/web"), { command: "/opt/bd", cwd: "/web" });
    await store.clearProjectCredentials("beads", "/web");
    assert.equal(await text(), OLD);
  }));

Deno.test("a project keeps its values when it is reached through a link", async () => {
  if (Deno.build.os === "windows") return;
  await withPlatform({}, async (platform) => {
    const [app, link] = [`${platform.home}/app`, `${platform.home}/link`];
    await Deno.mkdir(app);
    await Deno.symlink(app, link);
    const store = new CredentialStore({ platform });
    await store.saveProjectCredentials("beads", app, { cwd: "/issues" });
    assert.deepEqual(await store.providerCredentials("beads", link), { cwd: "/issues" });
    await store.saveProjectCredentials("beads", link, { cwd: "/elsewhere" });
    assert.deepEqual(await store.providerCredentials("beads", app), { cwd: "/elsewhere" });
    assert.equal(await store.clearProjectCredentials("beads", link), true);
    assert.deepEqual(await store.providerCredentials("beads", app), {});
  });
});

Deno.test("a project's own values are replaced as a whole", () =>
  withFile("", async (store, text) => {
    await store.saveProjectCredentials("fp", "/app", { command: "fp", cwd: "/x" });
    await store.saveProjectCredentials("fp", "/app", { command: "/opt/fp" });
    assert.deepEqual(await store.providerCredentials("fp", "/app"), { command: "/opt/fp" });
    await store.clearProjectCredentials("fp", "/app");
    assert.doesNotMatch(await text(), /fp/);
  }));

Deno.test("values are found in tables written by hand", () =>
  withFile(
    '[tracker.providers.beads.projects."/app"] # ours\ncwd = "/issues" # there\n',
    async (store, text) => {
      assert.deepEqual(await store.providerCredentials("beads", "/app"), { cwd: "/issues" });
      await store.saveProjectCredentials("beads", "/app", { cwd: "/elsewhere" });
      assert.match(await text(), /# ours\ncwd = "\/elsewhere" +# there\n/);
    },
  ));

Deno.test("numbers among the values are read as text, tables are left out", () =>
  withFile(
    "[tracker.providers.fp]\nteam_id = 12\nready = true\nx = [1]\ny = {z = 1}\nprojects = 7\n",
    async (store) => {
      assert.deepEqual(await store.providerCredentials("fp", "/app"), {
        team_id: "12",
        ready: "true",
        projects: "7",
      });
      await assert.rejects(store.saveProjectCredentials("fp", "/app", { command: "fp" }), {
        code: "invalid_toml",
        message: /`projects` is not a table/,
      });
    },
  ));

Deno.test("projects in any directories keep their values apart, and leave no trace", async () => {
  const root = fc.oneof(
    fc.constantFrom("C:\\Users\\a b\\app", '/"q"/it\'s', "/a.b/[c]#", "/nl\n/x", "__proto__", ""),
    fc.string({ unit: "binary" }).filter((text) => text.isWellFormed()),
  );
  const before = "[tokens] # t\naccess = 'x'\n\n[tracker.providers.beads]\ncommand = 'bd'\n";
  await withFile(before, async (store, text) => {
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(root, { maxLength: 4 }), async (roots) => {
        const own = (at: number) => ({ command: `bd ${at}`, cwd: roots[at] ?? "" });
        for (const at of roots.keys()) {
          await store.saveProjectCredentials("beads", roots[at] ?? "", own(at));
        }
        for (const [at, project] of roots.entries()) {
          assert.deepEqual(await store.providerCredentials("beads", project), own(at));
        }
        for (const project of roots) {
          assert.equal(await store.clearProjectCredentials("beads", project), true);
          assert.deepEqual(await store.providerCredentials("beads", project), { command: "bd" });
        }
        assert.equal(await text(), before);
      }),
      { numRuns: 40 },
    );
  });
});
