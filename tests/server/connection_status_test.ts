/** How a connection stands with its provider is told to clients, and heals by another credential. */
import assert from "node:assert/strict";
import { isJsonObject, type JsonObject } from "../../src/contract/field.ts";
import { ProviderError, type ProviderFault } from "../../src/providers/mod.ts";
import { inTransaction } from "../../src/server/context/host_context.ts";
import { requireHostKey } from "../../src/server/context/key_source.ts";
import { renewCredentialOf } from "../../src/server/connections/connect_places.ts";
import { syncNow } from "../../src/server/jobs/start_syncing.ts";
import { COMMAND_LINE } from "../../src/server/model/actor.ts";
import { listConnections } from "../../src/server/store/connections.ts";
import { type DeliveryScene, withProvider } from "./delivery_support.ts";
import { identity } from "./support.ts";

async function sync({ host, pass }: DeliveryScene): Promise<void> {
  await inTransaction(host.context, (context) => syncNow(context, "con_1"));
  await pass(2);
}

/** The provider fails in this way from now on. */
function failing({ provider }: DeliveryScene, fault: ProviderFault, message: string): void {
  provider.stepIn = () => {
    throw new ProviderError(fault, message);
  };
}

function told(value: unknown): JsonObject {
  assert.ok(isJsonObject(value), JSON.stringify(value));
  return value;
}

async function status({ host, bindingRef }: DeliveryScene) {
  const query = `provider=linear&binding_ref=${bindingRef}`;
  const answer = await host.call("GET", `/api/v1/tracker/status/?${query}`);
  assert.equal(answer.status, 200);
  const all = await host.call("GET", "/api/v1/tracker/status/?provider=linear");
  const [first] = told(all.body)["connections"] as unknown[];
  const validated = await host.call("POST", "/api/v1/tracker/bind-validate/", {
    provider: "linear",
    binding_ref: bindingRef,
    project_identity: identity("my-app"),
  });
  const connection = told(answer.at("connection"));
  assert.deepEqual(validated.at("connection"), connection);
  return { connected: answer.at("connected"), connection, ofAll: told(first), all };
}

Deno.test("a connection that works says when it has read, and when it saw the last change", () =>
  withProvider(async (scene) => {
    const { connection: before } = await status(scene);
    assert.deepEqual([before["state"], before["last_read_at"]], ["ok", null]);
    await sync(scene);
    scene.provider.edit(scene.issueId, { title: "Theirs" });
    await sync(scene);
    const { connected, connection } = await status(scene);
    assert.equal(connected, true);
    const { last_change_at, last_read_at, ...rest } = connection;
    assert.deepEqual(rest, {
      name: "linear",
      state: "ok",
      since: null,
      until: null,
      message: null,
      waiting: 0,
      not_taken: 0,
    });
    assert.match(String(last_change_at), /^2\d{3}-/);
    assert.match(String(last_read_at), /^2\d{3}-/);
  }));

const TROUBLES: readonly {
  readonly fault: ProviderFault;
  readonly state: string;
  readonly ofAll: string;
  readonly connected: boolean;
  readonly time: "since" | "until" | null;
}[] = [
  {
    fault: { kind: "refused" },
    state: "refused",
    ofAll: "refused",
    connected: false,
    time: "since",
  },
  {
    fault: { kind: "unreachable" },
    state: "unreachable",
    ofAll: "unreachable",
    connected: false,
    time: "since",
  },
  {
    fault: { kind: "limited", until: Date.UTC(2199, 0) },
    state: "limited",
    ofAll: "limited",
    connected: true,
    time: "until",
  },
  {
    fault: { kind: "rejected", code: "place_gone" },
    state: "unreadable",
    ofAll: "unreadable",
    connected: false,
    time: null,
  },
];

for (const { fault, state, ofAll, connected, time } of TROUBLES) {
  Deno.test(`a provider whose answer is "${fault.kind}" is told as ${state}, with its words`, () =>
    withProvider(async (scene) => {
      await sync(scene);
      failing(scene, fault, "So it is");
      const ref = { system: "linear", workspace: "acme", id: scene.issueId };
      await scene.push([{ ref, action: "update", patch: { title: "Ours" } }]);
      await sync(scene);
      const found = await status(scene);
      assert.equal(found.connected, connected);
      assert.equal(found.connection["state"], state);
      assert.equal(found.connection["message"], "So it is");
      assert.equal(found.ofAll["state"], ofAll);
      for (const name of ["since", "until"]) {
        assert.equal(found.connection[name] === null, name !== time, name);
      }
      // What is rejected is rejected for good: nothing of it waits.
      assert.equal(found.connection["waiting"], fault.kind === "rejected" ? 0 : 1);
    }));
}

Deno.test("a paused connection is told as paused, whatever was wrong before", () =>
  withProvider(async (scene) => {
    await scene.host.store.run(
      "UPDATE connections SET paused_at = 5, state = 'refused', state_detail = 'Old', state_at = 1",
    );
    const { connection, connected } = await status(scene);
    assert.equal(connected, true);
    assert.equal(connection["state"], "paused");
    assert.equal(connection["since"], "1970-01-01T00:00:00.005Z");
    assert.equal(connection["message"], null);
  }));

Deno.test("a refused credential stops its connection alone, and another credential has it work again", () =>
  withProvider(async (scene) => {
    const { host, provider, issueId } = scene;
    const taken: string[] = [];
    const { get, listChanged } = provider;
    const onlyNew = (secret: string) => {
      taken.push(secret);
      if (secret !== "another") throw new ProviderError({ kind: "refused" }, "It has expired");
    };
    provider.get = (access, place, id) => {
      onlyNew(access.credential.secret);
      return get(access, place, id);
    };
    provider.listChanged = (access, place, round) => {
      onlyNew(access.credential.secret);
      return listChanged(access, place, round);
    };
    const ref = { system: "linear", workspace: "acme", id: issueId };
    const accepted = await scene.push([{ ref, action: "update", patch: { title: "Ours" } }]);
    await sync(scene);
    assert.equal((await status(scene)).connection["state"], "refused");
    assert.deepEqual([...new Set(taken)], ["a secret"]);
    // A place whose issues live in the host is not concerned.
    const other = await host.bind("jira", "Payments (PAY)", "other");
    const at = `/api/v1/tracker/status/?provider=jira&binding_ref=${other}`;
    const answer = await host.call("GET", at);
    assert.deepEqual([answer.at("connected"), answer.at("connection")], [true, undefined]);
    const loaded = await requireHostKey(host.context, { directory: null });
    const [before] = await listConnections(host.store, null);
    assert.ok(loaded !== null && before !== undefined);
    await renewCredentialOf(host.context, COMMAND_LINE, loaded.key, {
      before,
      credential: {
        kind: "token",
        secret: "another",
        baseUrl: before.baseUrl,
        site: before.site,
      },
      account: "ada",
      outOfReach: [],
    });
    const ended = await scene.ended(accepted);
    assert.equal(ended.at("status"), "completed");
    const healed = await status(scene);
    assert.deepEqual(
      [healed.connected, healed.connection["state"], healed.connection["waiting"]],
      [true, "ok", 0],
    );
    assert.equal(provider.issues.get(issueId)?.title, "Ours");
  }));

Deno.test("an operation that waits tells how its connection stands, and one that has ended does not", () =>
  withProvider(async (scene) => {
    const { host, issueId, push, pass } = scene;
    failing(scene, { kind: "refused" }, "Bad credentials");
    const ref = { system: "linear", workspace: "acme", id: issueId };
    const accepted = await push([{ ref, action: "update", patch: { title: "Ours" } }]);
    await pass(2);
    const look = () =>
      host.call("GET", `/api/v1/tracker/operations/${accepted.text("operation_id")}/`);
    const waiting = await look();
    assert.equal(waiting.at("connection.state"), "refused");
    assert.equal(waiting.at("connection.message"), "Bad credentials");
    assert.equal(waiting.at("connection.waiting"), 1);
    scene.provider.stepIn = () => {};
    await pass(20);
    const ended = await look();
    assert.equal(ended.at("status"), "completed");
    assert.ok(isJsonObject(ended.body) && !("connection" in ended.body));
  }));

Deno.test("a connection that is refused again and again says since when", () =>
  withProvider(async (scene) => {
    failing(scene, { kind: "refused" }, "Bad credentials");
    let attempts = 0;
    const { stepIn } = scene.provider;
    scene.provider.stepIn = (...call) => {
      attempts++;
      return stepIn(...call);
    };
    await sync(scene);
    const { connection: { since } } = await status(scene);
    const first = attempts;
    await scene.pass(20);
    assert.ok(attempts > first);
    assert.equal((await status(scene)).connection["since"], since);
  }));
