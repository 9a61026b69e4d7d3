/** A host that an OAuth app of Jira tells of changes: registered once, kept for as long as the host runs, and checked. */
import assert from "node:assert/strict";
import { ATLASSIAN } from "../../src/providers/jira/app.ts";
import { editionOf } from "../../src/providers/jira/editions.ts";
import { placeFrom } from "../../src/providers/jira/places.ts";
import { jiraRemote } from "../../src/providers/jira/remote.ts";
import type { Fetch } from "../../src/platform/platform.ts";
import type { Access, Remote } from "../../src/providers/mod.ts";
import { choosePlaces } from "../../src/server/connections/choose.ts";
import { addConnection } from "../../src/server/connections/connect.ts";
import { requireHostKey } from "../../src/server/context/key_source.ts";
import { POLL_MS } from "../../src/server/jobs/worker.ts";
import { COMMAND_LINE } from "../../src/server/model/actor.ts";
import { connectionById } from "../../src/server/store/connections.ts";
import { LEASE_MS } from "../../src/server/store/jobs.ts";
import { FakeAtlassian } from "../standins/jira/fake_atlassian.ts";
import { type FakeDelivery, hookToken, signed } from "../standins/jira/deliveries.ts";
import { FakeJira } from "../standins/jira/fake_jira.ts";
import { PERMISSIONS } from "../standins/jira/state.ts";
import { remoteOver } from "./connected_support.ts";
import { type TestHost, withHost } from "./support.ts";

const SITE = "https://acme.atlassian.net";

const PUBLIC = "https://tracker.acme.test";

const APP = {
  clientId: "fake-client-id",
  clientSecret: "ATOA-fake-client-secret-0123456789",
  callback: `${PUBLIC}/connections/authorized`,
};

interface Scene {
  readonly host: TestHost;
  readonly jira: FakeJira;
  readonly atlassian: FakeAtlassian;
  readonly id: string;
  /** Lets time pass, and the host do what is due then. */
  pass(ms: number): Promise<void>;
  /** Sends a delivery to the host; returns the status of its answer. */
  deliver(delivery: FakeDelivery, headers?: Readonly<Record<string, string>>): Promise<number>;
  titles(): Promise<readonly string[]>;
}

/** Returns Jira as a remote that reaches a stand-in, with its webhooks. */
function jiraOver(fetch: Fetch): Remote {
  const remote = jiraRemote(({ credential }) => editionOf(credential));
  const at = (access: Access): Access => ({ ...access, fetch });
  const { webhooks } = remote;
  assert.ok(webhooks !== null);
  return {
    ...remoteOver(remote, fetch),
    webhooks: {
      ...webhooks,
      ensure: (access, ...rest) => webhooks.ensure(at(access), ...rest),
      ensureForAll: async (access, ...rest) =>
        await webhooks.ensureForAll?.(at(access), ...rest) ?? null,
      removeForAll: async (access, ...rest) =>
        await webhooks.removeForAll?.(at(access), ...rest) ?? null,
    },
  };
}

async function withAppConnected(test: (scene: Scene) => Promise<void>): Promise<void> {
  let fetch: Fetch = () => Promise.reject(new Error("Not there yet"));
  const providers = { jira: jiraOver((...asked) => fetch(...asked)) };
  await withHost(async (host) => {
    const { context, store, platform } = host;
    const now = () => platform.clock.now();
    const jira = await FakeJira.start(SITE, now);
    const person = jira.state.addPerson("ada", "Ada Lovelace", "ada@acme.test");
    const web = jira.state.addProject("WEB");
    const permissions = PERMISSIONS.filter((one) => one !== "ADMINISTER");
    const atlassian = new FakeAtlassian({
      jira,
      site: SITE,
      ...ATLASSIAN,
      now,
      app: APP,
      person,
      permissions,
    });
    fetch = atlassian.fetch;
    platform.setEnv("TRACKER_HOST_KEY", btoa("k".repeat(32)));
    const loaded = await requireHostKey(context, { directory: null });
    assert.ok(loaded !== null);
    const secret = JSON.stringify(atlassian.letIn());
    const [team] = await store.all("SELECT id FROM teams ORDER BY id");
    const id = await addConnection(context, COMMAND_LINE, loaded.key, {
      teamId: String(team?.["id"]),
      provider: "jira",
      credential: { kind: "app", secret, baseUrl: SITE, site: null },
      account: "Ada",
    });
    const connection = await connectionById(store, id);
    assert.ok(connection !== null);
    const self = `${SITE}/rest/api/3/project/${web.id}`;
    const place = placeFrom({ ...web, self, issueTypes: [], archived: false });
    await choosePlaces(context, COMMAND_LINE, connection, [place]);
    const pass = async (ms: number) => {
      platform.clock.advance(ms);
      for (let turn = 0; turn < 3; turn++) {
        platform.clock.advance(LEASE_MS + POLL_MS);
        await host.host.worker.idle();
      }
    };
    await pass(0);
    await test({
      host,
      jira,
      atlassian,
      id,
      pass,
      async deliver(delivery, headers = {}) {
        const { body, url, headers: own } = await signed(delivery);
        const path = new URL(url).pathname;
        const answer = await host.raw(
          new Request(`http://127.0.0.1:8080${path}`, {
            method: "POST",
            headers: { ...Object.fromEntries(own), ...headers },
            body,
          }),
        );
        await answer.body?.cancel();
        return answer.status;
      },
      async titles() {
        const rows = await store.all(
          "SELECT json FROM issues i JOIN resources r ON r.id = i.resource_id WHERE r.connection_id = ?",
          id,
        );
        return rows.map(({ json }) => String(JSON.parse(String(json))["title"]));
      },
    });
    assert.deepEqual(jira.faults, []);
  }, { providers, publicUrl: PUBLIC, log: "json" });
}

Deno.test("a change that the app's webhook tells of is read at once, and a forged one is not taken", () =>
  withAppConnected(async ({ host, jira, id, deliver, titles }) => {
    const [web] = jira.state.projects.values();
    assert.ok(web !== undefined);
    assert.deepEqual(
      [...jira.state.appHooks.values()].map(({ url }) => url),
      [`${PUBLIC}/webhooks/jira/${id}`],
    );
    jira.add(web, { summary: "Told" });
    const [delivery] = jira.deliveries;
    assert.ok(delivery !== undefined);
    const forged = { authorization: `Bearer ${await hookToken("guessed-secret-0123456", {})}` };
    assert.equal(await deliver(delivery, forged), 404);
    assert.equal(await deliver(delivery, { authorization: "" }), 404);
    assert.equal(await deliver(delivery), 202);
    await host.host.worker.idle();
    assert.deepEqual(await titles(), ["Told"]);
    const row = await host.store.one("SELECT webhook_state, webhook_at FROM connections");
    assert.equal(row?.["webhook_state"], "registered");
    assert.notEqual(row?.["webhook_at"], null);
  }));

Deno.test("a stored credential that is broken signs nothing, and is no fault of the host", () =>
  withAppConnected(async ({ host, jira, id, deliver }) => {
    const [web] = jira.state.projects.values();
    assert.ok(web !== undefined);
    jira.add(web, { summary: "Told" });
    const [delivery] = jira.deliveries;
    assert.ok(delivery !== undefined);
    const loaded = await requireHostKey(host.context, { directory: null });
    const empty = await loaded?.key.encrypt(id, "{}") ?? "";
    for (const credential of ["v1:broken", empty]) {
      await host.store.run("UPDATE connections SET credential = ?", credential);
      assert.equal(await deliver(delivery), 404);
    }
  }));

Deno.test("for as long as the host runs its webhook does not end, and its tokens are renewed", () =>
  withAppConnected(async ({ host, jira, atlassian, pass }) => {
    const [first] = jira.state.appHooks.keys();
    for (let day = 0; day < 35; day++) await pass(24 * 60 * 60_000);
    assert.deepEqual([...jira.state.appHooks.keys()], [first]);
    const [hook] = jira.state.appHooks.values();
    assert.ok((hook?.until ?? 0) - host.platform.clock.now() > 28 * 24 * 60 * 60_000);
    assert.ok(atlassian.renewals >= 35);
    const row = await host.store.one("SELECT state, state_detail FROM connections");
    assert.deepEqual([row?.["state"], row?.["state_detail"]], ["ok", null]);
    assert.match(host.platform.stderr(), /"call":"renew the token"/);
    const log = JSON.stringify([
      host.platform.stderr(),
      await host.store.all("SELECT * FROM connections"),
      await host.store.all("SELECT * FROM jobs"),
      await host.store.all("SELECT * FROM audit"),
    ]);
    for (const secret of atlassian.secrets) assert.ok(!log.includes(secret));
  }));

Deno.test("the webhook of an app that brings no project any more is taken away", () =>
  withAppConnected(async ({ host, jira, pass }) => {
    assert.equal(jira.state.appHooks.size, 1);
    await host.store.run("UPDATE resources SET connection_id = NULL");
    await pass(24 * 60 * 60_000);
    assert.equal(jira.state.appHooks.size, 0);
  }));

Deno.test("a sign-in that was ended is said by the connection", () =>
  withAppConnected(async ({ host, atlassian, pass }) => {
    atlassian.revoke();
    await pass(24 * 60 * 60_000);
    const row = await host.store.one("SELECT state, state_detail FROM connections");
    assert.equal(row?.["state"], "refused");
    assert.match(
      String(row?.["state_detail"]),
      /has ended the sign-in of the app: connect it once more/,
    );
  }));
