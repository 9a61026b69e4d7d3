/** Two servers of one provider, such as github.com and one of a company, whose places have the same ids. */
import assert from "node:assert/strict";
import { hostKey } from "../../src/server/context/host_key.ts";
import { connectPlaces } from "../../src/server/connections/connect_places.ts";
import { removeConnection } from "../../src/server/connections/admin.ts";
import { COMMAND_LINE } from "../../src/server/mod.ts";
import { inTransaction } from "../../src/server/context/host_context.ts";
import { connectedPlaces } from "../../src/server/store/connected_resources.ts";
import { listResources, resourceById } from "../../src/server/store/resources.ts";
import { resourceOfPlace } from "../../src/server/store/sync_state.ts";
import { findInstallation } from "../../src/server/store/installations.ts";
import { resourcesOfConnection } from "../../src/server/store/connections.ts";
import { listPlaces } from "../../src/server/store/place_list.ts";
import { namedPlaces } from "../../src/server/store/team_places.ts";
import { findTeam } from "../../src/server/store/teams.ts";
import { systemRandom } from "../../src/platform/random.ts";
import { TrackerError } from "../../src/platform/tracker_error.ts";
import type { Connecting } from "../../src/providers/mod.ts";
import { connectableStandIn, GOOD_TOKEN } from "../standins/connectable.ts";
import { identity, type TestHost, withHost } from "./support.ts";

const PUBLIC = "https://api.github.test";
const OURS = "https://github.acme.test/api/v3";

interface Scene {
  readonly host: TestHost;
  readonly teamId: string;
  readonly installationId: string;
  /** Connects a server, whose repository has the id of every other server's. */
  connect(server: string, name: string): ReturnType<typeof connectPlaces>;
}

function withServers(test: (scene: Scene) => Promise<void>): Promise<void> {
  const { connecting, places } = connectableStandIn(["site"]);
  const github: Connecting = {
    ...connecting,
    read: ({ kind, values }) => ({
      ok: true,
      credential: { kind, secret: GOOD_TOKEN, baseUrl: values["url"] ?? "", site: null },
    }),
    look: ({ baseUrl }) => {
      const url = `${new URL(baseUrl).origin}/acme/site`;
      return Promise.resolve({
        ok: true,
        account: "ada",
        missing: [],
        places: places.map((place) => ({ ...place, url })),
      });
    },
  };
  return withHost(async (host) => {
    const { context, store } = host;
    const key = await hostKey(systemRandom().bytes(32), context.platform.random);
    const teamId = (await findTeam(store, "acme"))?.id ?? "";
    const installationId = (await findInstallation(store, teamId, "github"))?.id ?? "";
    await test({
      host,
      teamId,
      installationId,
      connect: (url, name) =>
        connectPlaces(context, COMMAND_LINE, {
          connectable: { github },
          provideKey: () => Promise.resolve(key),
        }, { teamId, provider: "github", given: { kind: "token", values: { url } }, name }),
    });
  });
}

/** The places that connections have brought, with who brings each. */
async function places({ host, installationId }: Scene): Promise<unknown[]> {
  const found = await listResources(host.store, installationId);
  const rows = await host.store.all(
    "SELECT r.id, c.name FROM resources r LEFT JOIN connections c ON c.id = r.connection_id",
  );
  const by = new Map(rows.map((row) => [row["id"], row["name"]]));
  return found.filter(({ externalId }) => externalId === "fake-site")
    .map(({ id, url }) => [url, by.get(id)]).sort();
}

Deno.test("places with one id at two servers are two places, each with its own connection", () =>
  withServers(async (scene) => {
    const { host: { store }, teamId, connect } = scene;
    const first = await connect(PUBLIC, "public");
    const second = await connect(OURS, "ours");
    assert.deepEqual([first.added, second.added], [1, 1]);
    assert.deepEqual(await places(scene), [
      ["https://api.github.test/acme/site", "public"],
      ["https://github.acme.test/acme/site", "ours"],
    ]);
    for (const { connection: { id, baseUrl, name } } of [first, second]) {
      const found = await resourceOfPlace(store, id, "fake-site");
      assert.equal(found?.externalId, "fake-site");
      assert.equal(found?.url, `${new URL(baseUrl).origin}/acme/site`);
      const at = { teamId, provider: "github", baseUrl } as const;
      assert.deepEqual([...await connectedPlaces(store, at)], [["fake-site", name]]);
    }
  }));

Deno.test("places of one name at two servers are told apart by the server, and others have their name alone", () =>
  withServers(async (scene) => {
    const { host, teamId, connect } = scene;
    const labels = async (): Promise<string[]> => {
      const { at } = await host.call("GET", "/api/v1/tracker/resources/?provider=github");
      const resources = at("resources");
      assert.ok(Array.isArray(resources));
      return resources.map(({ display_label }) => String(display_label))
        .filter((label) => label.startsWith("acme/site"));
    };
    const { connection } = await connect(PUBLIC, "public");
    const alone = await labels();
    assert.equal(alone.length, 1);
    assert.ok(!alone[0]?.includes("("));
    await connect(OURS, "ours");
    const both = ["api.github.test", "github.acme.test"].map((server) => `${alone[0]} (${server})`);
    assert.deepEqual(await labels(), both);
    const resolved = await host.call("POST", "/api/v1/tracker/bind-resolve/", {
      provider: "github",
      project_identity: identity("unlike-any"),
    });
    const candidates = resolved.at("candidates");
    assert.ok(Array.isArray(candidates));
    const shown = candidates.map(({ display_label }) => String(display_label));
    assert.deepEqual(shown.filter((label) => label.startsWith("acme/site")), both);
    const listed = await listPlaces(host.store, { teamId, after: null, limit: 50 });
    assert.deepEqual(
      listed.entries.map(({ resource }) => resource.label).filter((one) =>
        one.startsWith("acme/site")
      )
        .toSorted(),
      both,
    );
    const named = await namedPlaces(host.store, teamId);
    assert.deepEqual(
      named.map(({ label }) => label).filter((one) => one.startsWith("acme/site")),
      both,
    );
    assert.equal((await resourcesOfConnection(host.store, connection.id))[0]?.label, alone[0]);
  }));

Deno.test("a second connection to a place is refused at its own server alone", () =>
  withServers(async ({ connect }) => {
    await connect(PUBLIC, "public");
    await connect(OURS, "ours");
    await assert.rejects(
      connect(OURS, "again"),
      (error) =>
        error instanceof TrackerError && /comes with the connection "ours"/.test(error.message),
    );
  }));

Deno.test("a place that was left here is taken up by a connection to its own server alone", () =>
  withServers(async (scene) => {
    const { host: { context, store }, connect, installationId } = scene;
    await connect(OURS, "ours");
    const ids = async () => (await listResources(store, installationId)).map(({ id }) => id).sort();
    const before = await ids();
    await removeConnection(context, COMMAND_LINE, { name: "ours", teamId: null });
    await connect(PUBLIC, "public");
    assert.equal((await ids()).length, before.length + 1);
    const all = await ids();
    await connect(OURS, "ours again");
    assert.deepEqual(await ids(), all);
    assert.deepEqual(await places(scene), [
      ["https://api.github.test/acme/site", "public"],
      ["https://github.acme.test/acme/site", "ours again"],
    ]);
  }));

Deno.test("a place that an earlier version has left is known by its address", () =>
  withServers(async (scene) => {
    const { host: { context, store }, connect } = scene;
    const { connection } = await connect(OURS, "ours");
    const { id } = await resourceOfPlace(store, connection.id, "fake-site") ?? {};
    await removeConnection(context, COMMAND_LINE, { name: "ours", teamId: null });
    await inTransaction(context, async ({ store }) => {
      await store.run("UPDATE resources SET server = NULL");
    });
    await connect(PUBLIC, "public");
    await connect(OURS, "ours");
    const row = await store.one(
      "SELECT id FROM resources WHERE connection_id IN (SELECT id FROM connections WHERE name = 'ours')",
    );
    assert.equal(row?.["id"], id);
    assert.equal((await resourceById(store, String(id))).externalId, "fake-site");
  }));
