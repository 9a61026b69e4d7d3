import assert from "node:assert/strict";
import { run } from "../../src/cli/commands/host/connection_try_run.ts";
import { hostKey } from "../../src/server/context/host_key.ts";
import type { HostLocation } from "../../src/server/mod.ts";
import { openExistingHostData } from "../../src/server/mod.ts";
import { type Connecting, ProviderError } from "../../src/providers/mod.ts";
import { connectableStandIn, GOOD_TOKEN } from "../standins/connectable.ts";
import { testContext } from "../support/context.ts";
import { testPlatform } from "../support/platform.ts";
import { withCheckedHost } from "./check_support.ts";

Deno.test("a credential that works is told with what it may not do, and the connection stands well", () =>
  withConnection(async ({ test, stored, audited }) => {
    const works = await test();
    assert.deepEqual(works, {
      code: 0,
      stdout: "✓ hub reaches 2 places as ada-at-fake.\n",
      document: {
        schema: 1,
        name: "hub",
        provider: "github",
        works: true,
        state: "ok",
        problem: null,
        account: "ada-at-fake",
        missing: [],
        out_of_reach: [],
        places: [
          { label: "acme/site", url: "https://tracker.acme.com/acme/site" },
          { label: "acme/docs", url: "https://tracker.acme.com/acme/docs" },
        ],
      },
    });
    assert.deepEqual(await stored(), ["ok", null]);
    const lacking = await test({ missing: ["close issues"] });
    assert.equal(lacking.code, 0);
    assert.match(
      lacking.stdout,
      /^! hub reaches 2 places as ada-at-fake\.\n {2}may not: close issues\n$/,
    );
    assert.deepEqual(await stored(), ["ok", "The credential may not: close issues"]);
    const entries = await audited();
    assert.equal(entries.length, 4);
    assert.deepEqual(JSON.parse(entries.at(-1) ?? ""), {
      works: true,
      account: "ada-at-fake",
      missing: ["close issues"],
    });
    assert.ok(!JSON.stringify(entries).includes(GOOD_TOKEN));
  }));

Deno.test("a provider that refuses, limits or does not answer is recorded as such", () =>
  withConnection(async ({ test, stored, audited }) => {
    const until = Date.now() + 3_600_000;
    const faults = [
      [new ProviderError({ kind: "refused" }, "Bad credentials"), "refused"],
      [new ProviderError({ kind: "rejected", code: "http_403" }, "Bad credentials"), "refused"],
      [new ProviderError({ kind: "unreachable" }, "Bad credentials"), "unreachable"],
      [new ProviderError({ kind: "failing" }, "Bad credentials"), "unreachable"],
      [new ProviderError({ kind: "limited", until }, "Bad credentials"), "limited"],
    ] as const;
    for (const [fault, state] of faults) {
      const { code, stdout, document } = await test({ look: () => Promise.reject(fault) });
      assert.deepEqual([code, stdout], [1, `✗ hub is ${state}: Bad credentials\n`]);
      assert.deepEqual([document.works, document.state, document.problem], [
        false,
        state,
        "Bad credentials",
      ]);
      assert.deepEqual(await stored(), [state, "Bad credentials"]);
    }
    assert.deepEqual(JSON.parse((await audited()).at(-1) ?? ""), {
      works: false,
      problem: "Bad credentials",
    });
    // One answer is no sign that the provider takes calls again.
    assert.equal((await test()).document.state, "limited");
    assert.deepEqual(await stored(), ["limited", "Bad credentials"]);
  }));

Deno.test("what cannot be asked is an error, and nothing is recorded", () =>
  withConnection(async ({ command, stored, audited, plant }) => {
    await assert.rejects(command({ name: "none" }), { code: "connection_not_found" });
    await assert.rejects(command({ connectable: {} }), { code: "provider_not_reachable" });
    await plant("UPDATE connections SET credential = 'v1:AAAA:AAAA'");
    await assert.rejects(command({}), { code: "credential_unreadable" });
    assert.deepEqual(await stored(), ["refused", "old words"]);
    assert.deepEqual(await audited(), []);
  }));

interface Changes {
  readonly missing?: string[];
  readonly look?: Connecting["look"];
}

interface Tested {
  readonly code: number;
  readonly stdout: string;
  readonly document: ReturnType<typeof JSON.parse>;
}

interface Connected {
  /** Tests the connection once for people and once for programs. */
  test(changes?: Changes): Promise<Tested>;
  /** Runs the command. */
  command(
    changes: { readonly name?: string; readonly connectable?: Parameters<typeof run>[2] },
  ): Promise<number>;
  stored(): Promise<unknown[]>;
  audited(): Promise<string[]>;
  plant(...statements: readonly string[]): Promise<void>;
}

/** Runs a test on a host with the connection `hub`, whose credential the stand-in knows. */
async function withConnection(test: (connected: Connected) => Promise<void>): Promise<void> {
  await withCheckedHost(async ({ platform: { random, clock }, directory, location, plant }) => {
    const bytes = new Uint8Array(32).fill(1);
    const key = await hostKey(bytes, random);
    const keyFile = `${directory}/the.key`;
    await Deno.writeTextFile(keyFile, bytes.toBase64(), { mode: 0o600 });
    await plant(
      `INSERT INTO host_settings VALUES ('key_check', '${key.check}')`,
      `INSERT INTO connections (id, team_id, installation_id, name, base_url, site, credential_kind, credential, made_by, made_at, state, state_detail, state_at, budget_left, budget_resets_at, last_change_at, paused_at, status_words) VALUES ('con1', 't1', 'i1', 'hub', 'https://tracker.acme.com/api', 'acme', 'token',
         '${await key.encrypt(
        "con1",
        GOOD_TOKEN,
      )}', NULL, 1, 'refused', 'old words', 1, NULL, NULL, NULL, NULL,
         '{}')`,
    );
    const once = async (
      { look, missing = [] }: Changes,
      json: boolean,
      changes: Parameters<Connected["command"]>[0] = {},
    ) => {
      const standIn = connectableStandIn(["site", "docs"]);
      standIn.missing = missing;
      const connecting = { ...standIn.connecting, ...look === undefined ? {} : { look } };
      // Each run has identifiers of its own.
      const platform = testPlatform(directory);
      const context = {
        ...testContext(platform, { json }),
        platform: { ...platform, random, clock },
      };
      const { name = "hub", connectable = { github: connecting } } = changes;
      const code = await run(
        context,
        { name, data: placeOf(location), keyFile },
        connectable,
      );
      return { code, stdout: platform.stdout() };
    };
    const rows = async (sql: string) => {
      const { store } = await openExistingHostData(testPlatform(directory), location);
      return await store.all(sql).finally(() => store.close());
    };
    await test({
      plant,
      async test(changes = {}) {
        const text = await once(changes, false);
        const { stdout } = await once(changes, true);
        return { ...text, document: JSON.parse(stdout) };
      },
      command: async (changes) => (await once({}, false, changes)).code,
      async stored() {
        const [row] = await rows("SELECT state, state_detail FROM connections");
        return [row?.["state"], row?.["state_detail"]];
      },
      async audited() {
        const log = await rows(
          "SELECT details FROM audit WHERE action = 'connection.test' AND target = 'hub' ORDER BY at, id",
        );
        return log.map(({ details }) => String(details));
      },
    });
  });
}

function placeOf(location: HostLocation) {
  const none = { dir: undefined, url: undefined, passwordFile: undefined };
  return "dataDir" in location
    ? { ...none, dir: location.dataDir }
    : { ...none, url: location.databaseUrl };
}
