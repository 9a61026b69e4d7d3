/** `host sync`: what is connected is read now, with or without a host that serves the same data. */
import assert from "node:assert/strict";
import { blankIssue } from "../../src/contract/issue.ts";
import { run } from "../../src/cli/commands/host/sync_run.ts";
import { ProviderError } from "../../src/providers/mod.ts";
import { hostKey } from "../../src/server/context/host_key.ts";
import { openExistingHostData } from "../../src/server/mod.ts";
import { type FakeProvider, fakeProvider } from "../standins/fake_provider.ts";
import { testContext } from "../support/context.ts";
import { testPlatform } from "../support/platform.ts";
import { bytesOf, withCheckedHost } from "./check_support.ts";

interface Connected {
  readonly provider: FakeProvider;
  /** Runs the command. */
  sync(options?: { name?: string; sweep?: boolean; json?: boolean }): Promise<Synced>;
  titles(): Promise<string[]>;
  plant(...statements: readonly string[]): Promise<void>;
}

interface Synced {
  readonly code: number;
  readonly stdout: string;
}

/** Runs a test with the connection `hub`, which brings one place with three issues. */
async function withConnection(test: (connected: Connected) => Promise<void>): Promise<void> {
  await withCheckedHost(async ({ platform: { random, clock }, directory, location, plant }) => {
    const key = await hostKey(bytesOf(1), random);
    const keyFile = `${directory}/the.key`;
    await Deno.writeTextFile(keyFile, bytesOf(1).toBase64(), { mode: 0o600 });
    const credential = await key.encrypt("con1", "a secret");
    await plant(
      `INSERT INTO host_settings VALUES ('key_check', '${key.check}')`,
      `INSERT INTO connections (id, team_id, installation_id, name, base_url, credential_kind, credential, made_at, state)
       VALUES ('con1', 't1', 'i1', 'hub', 'https://tracker.acme.com/api', 'token', '${credential}', 1, 'ok')`,
      "UPDATE resources SET connection_id = 'con1'",
      "DELETE FROM issues",
      "DELETE FROM issue_counts",
    );
    const provider = fakeProvider(["a", "b", "c"].map((id) => ({
      ...blankIssue(
        { system: "github", workspace: "w", id, key: `k#${id}`, url: `https://x/${id}` },
        "2026-01-01T00:00:00.000Z",
      ),
      title: `Issue ${id}`,
    })));
    provider.pageSize = 2;
    const none = { dir: undefined, url: undefined, passwordFile: undefined };
    const data = "dataDir" in location
      ? { ...none, dir: location.dataDir }
      : { ...none, url: location.databaseUrl };
    await test({
      provider,
      plant,
      async sync({ name, sweep = false, json = false } = {}) {
        const platform = testPlatform(directory);
        const context = {
          ...testContext(platform, { json }),
          platform: { ...platform, random, clock },
        };
        const code = await run(context, { name, sweep, data, keyFile }, { github: provider });
        return { code, stdout: platform.stdout() };
      },
      async titles() {
        const { store } = await openExistingHostData(testPlatform(directory), location);
        const rows = await store.all("SELECT search FROM issues ORDER BY external_id");
        await store.close();
        return rows.map(({ search }) => String(search).split("\n")[0] ?? "");
      },
    });
  });
}

Deno.test("what has changed is read now, with a sweep also what is gone", () =>
  withConnection(async ({ provider, sync, titles }) => {
    const first = await sync();
    assert.deepEqual(first, { code: 0, stdout: "✓ hub  l: 3 issues\n" });
    provider.edit("b", { title: "Theirs" });
    provider.remove("a");
    assert.equal((await sync({ name: "hub" })).code, 0);
    assert.deepEqual(await titles(), ["issue a", "theirs", "issue c"]);
    const swept = await sync({ sweep: true, json: true });
    assert.equal(swept.code, 0);
    assert.deepEqual(JSON.parse(swept.stdout), {
      schema: 1,
      connections: [{
        name: "hub",
        provider: "github",
        state: "ok",
        problem: null,
        places: [{ label: "l", issues: 2, is_read: true, problem: null }],
      }],
    });
    assert.deepEqual(await titles(), ["theirs", "issue c"]);
  }));

Deno.test("a place that cannot be read, and a provider that refuses, are told; the exit code is 1", () =>
  withConnection(async ({ provider, sync }) => {
    provider.stepIn = () => {
      throw new ProviderError({ kind: "rejected", code: "place_gone" }, "The repository is gone");
    };
    assert.deepEqual(await sync(), { code: 1, stdout: "! hub  l: The repository is gone\n" });
    provider.stepIn = () => {
      throw new ProviderError({ kind: "refused" }, "The token has expired");
    };
    const { code, stdout } = await sync();
    assert.equal(code, 1);
    assert.match(stdout, /^✗ hub is refused since .* UTC: The token has expired\n/);
  }));

Deno.test("a paused connection is not read", () =>
  withConnection(async ({ provider, sync, plant }) => {
    await plant("UPDATE connections SET paused_at = 1");
    const { code, stdout } = await sync();
    assert.equal(code, 1);
    assert.match(stdout, /^✗ hub is paused since /);
    assert.equal(provider.calls.size, 0);
  }));

Deno.test("a connection that is not there is an error", () =>
  withConnection(async ({ sync }) => {
    await assert.rejects(sync({ name: "hut" }), { code: "connection_not_found" });
  }));
