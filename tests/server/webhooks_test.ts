/** Webhooks: a signature is checked, a delivery counts once, and its issues are read. */
import assert from "node:assert/strict";
import type { WebhookTarget } from "../../src/providers/mod.ts";
import { systemClock } from "../../src/platform/clock.ts";
import { ProviderError } from "../../src/providers/mod.ts";
import { requireHostKey } from "../../src/server/context/key_source.ts";
import { inTransaction } from "../../src/server/context/host_context.ts";
import { syncNow } from "../../src/server/jobs/start_syncing.ts";
import { setHostSetting } from "../../src/server/store/settings.ts";
import { LeaseLostError } from "../../src/server/jobs/job_kind.ts";
import { webhookSecretId } from "../../src/server/store/connections.ts";
import { type DeliveryScene, storedIssues, withProvider } from "./delivery_support.ts";

const SECRET = "a secret of webhooks";

/** Runs a test with a connection that takes webhooks. */
function withWebhooks(test: (scene: DeliveryScene) => Promise<void>): Promise<void> {
  return withProvider(async (scene) => {
    const { context, store } = scene.host;
    const loaded = await requireHostKey(context, { directory: null });
    const sealed = await loaded?.key.encrypt(webhookSecretId("con_1"), SECRET);
    await store.run("UPDATE connections SET webhook_secret = ?", sealed ?? null);
    await test(scene);
  });
}

interface Sent {
  readonly path?: string;
  readonly secret?: string;
}

/** Sends what the provider says of an issue; returns the status of the answer. */
async function send(
  { host, provider }: DeliveryScene,
  id: string,
  issues: readonly string[],
  { path = "/webhooks/linear/con_1", secret = SECRET }: Sent = {},
): Promise<number> {
  const { headers, body } = await provider.webhook(id, issues, secret);
  const url = `http://127.0.0.1:8080${path}`;
  const answer = await host.raw(new Request(url, { method: "POST", headers, body }));
  await answer.body?.cancel();
  return answer.status;
}

async function titleOf({ host }: DeliveryScene, id: string): Promise<string | undefined> {
  return (await storedIssues(host.store)).find(({ ref }) => ref.id === id)?.title;
}

async function figures({ host }: DeliveryScene): Promise<string[]> {
  const request = new Request("http://127.0.0.1/metrics");
  const answer = await host.host.probe(request, { remoteAddress: "127.0.0.1" });
  return (await answer.text()).split("\n").filter((line) =>
    line.startsWith("tracker_webhooks_total{")
  );
}

Deno.test("a webhook has its issue read, and the answer does not wait for it", () =>
  withWebhooks(async (scene) => {
    const { host, provider, issueId } = scene;
    provider.edit(issueId, { title: "Theirs" });
    const isAsked = Promise.withResolvers<void>();
    const mayAnswer = Promise.withResolvers<void>();
    provider.stepIn = async () => {
      isAsked.resolve();
      await mayAnswer.promise;
    };
    assert.equal(await send(scene, "d1", [issueId]), 202);
    await isAsked.promise;
    mayAnswer.resolve();
    await host.host.worker.idle();
    assert.equal(await titleOf(scene, issueId), "Theirs");
    const row = await host.store.one("SELECT webhook_at, last_change_at FROM connections");
    assert.notEqual(row?.["webhook_at"], null);
    assert.notEqual(row?.["last_change_at"], null);
  }));

Deno.test("a webhook of an issue that is gone removes it", () =>
  withWebhooks(async (scene) => {
    const { host, provider, issueId } = scene;
    provider.remove(issueId);
    await send(scene, "d1", [issueId]);
    await host.host.worker.idle();
    assert.equal(await titleOf(scene, issueId), undefined);
  }));

Deno.test("a delivery that comes twice is handled once", () =>
  withWebhooks(async (scene) => {
    const { host, provider, issueId } = scene;
    assert.equal(await send(scene, "d1", [issueId]), 202);
    await host.host.worker.idle();
    assert.equal(await send(scene, "d1", [issueId]), 202);
    await scene.pass(1);
    assert.equal(provider.calls.get("get"), 1);
    assert.deepEqual(await figures(scene), [
      'tracker_webhooks_total{outcome="accepted"} 1',
      'tracker_webhooks_total{outcome="repeated"} 1',
    ]);
  }));

Deno.test("webhooks of one issue that wait together cost one call", () =>
  withWebhooks(async (scene) => {
    const { host, provider, issueId } = scene;
    await host.store.run("UPDATE connections SET paused_at = 1");
    for (let n = 0; n < 120; n++) await send(scene, `d${n}`, [issueId]);
    await host.host.worker.idle();
    assert.equal(provider.calls.get("get"), undefined);
    await host.store.run("UPDATE connections SET paused_at = NULL");
    await scene.pass(6);
    assert.equal(provider.calls.get("get"), 3);
    const open = await host.store.one(
      "SELECT COUNT(*) AS n FROM webhook_deliveries WHERE handled_at IS NULL",
    );
    assert.equal(open?.["n"], 0);
  }));

const STRANGERS: readonly (readonly [string, Sent])[] = [
  ["with a wrong signature", { secret: "another secret" }],
  ["for a connection that is not there", { path: "/webhooks/linear/con_2" }],
  ["for another provider", { path: "/webhooks/github/con_1" }],
];

for (const [words, sent] of STRANGERS) {
  Deno.test(`a webhook ${words} is answered with 404, and leaves nothing`, () =>
    withWebhooks(async (scene) => {
      const { host, issueId } = scene;
      assert.equal(await send(scene, "d1", [issueId], sent), 404);
      assert.equal(await host.store.one("SELECT 1 FROM webhook_deliveries"), null);
      assert.equal(
        (await host.store.one("SELECT webhook_at FROM connections"))?.["webhook_at"],
        null,
      );
      const [line = ""] = await figures(scene);
      assert.match(line, /outcome="(unknown|refused)"\} 1$/);
    }));
}

Deno.test("a connection without a secret takes no webhook", () =>
  withProvider(async (scene) => {
    assert.equal(await send(scene, "d1", [scene.issueId], { secret: "" }), 404);
  }));

Deno.test("a process that dies at a hint leaves it to the next one", () =>
  withWebhooks(async (scene) => {
    const { provider, issueId } = scene;
    provider.edit(issueId, { title: "Theirs" });
    provider.stepIn = () => {
      provider.stepIn = () => {};
      throw new LeaseLostError();
    };
    await send(scene, "d1", [issueId]);
    await scene.pass(3);
    assert.equal(await titleOf(scene, issueId), "Theirs");
  }));

Deno.test("a provider that cannot be reached keeps its hints until it can", () =>
  withWebhooks(async (scene) => {
    const { provider, issueId } = scene;
    provider.edit(issueId, { title: "Theirs" });
    provider.stepIn = () => {
      throw new ProviderError({ kind: "unreachable" }, "No answer");
    };
    await send(scene, "d1", [issueId]);
    await scene.pass(2);
    assert.notEqual(await titleOf(scene, issueId), "Theirs");
    provider.stepIn = () => {};
    await scene.pass(4);
    assert.equal(await titleOf(scene, issueId), "Theirs");
  }));

Deno.test("hints of other places and of issues that are refused stop no others", () =>
  withWebhooks(async (scene) => {
    const { host, provider, issueId } = scene;
    provider.edit(issueId, { title: "Theirs" });
    const { get } = provider;
    provider.get = (access, place, id) =>
      id === "forbidden"
        ? Promise.reject(new ProviderError({ kind: "rejected", code: "http_403" }, "No"))
        : get(access, place, id);
    await send(scene, "d1", ["forbidden", issueId]);
    while (await titleOf(scene, issueId) !== "Theirs") await systemClock().sleep(1);
    await host.host.worker.idle();
    assert.equal(
      await host.store.one("SELECT 1 FROM webhook_deliveries WHERE handled_at IS NULL"),
      null,
    );
  }));

Deno.test("a host that knows its address has the provider send, with a secret that it then takes", () =>
  withProvider(async (scene) => {
    const { host, provider, issueId } = scene;
    const asked: WebhookTarget[] = [];
    let isAllowed = true;
    provider.webhooks.ensure = (_access, _place, target) => {
      asked.push(target);
      return Promise.resolve(isAllowed);
    };
    const register = async () => {
      await inTransaction(host.context, (context) => syncNow(context, "con_1"));
      await scene.pass(2);
      const row = await host.store.one("SELECT webhook_state, webhook_secret FROM connections");
      return row?.["webhook_state"];
    };
    assert.equal(await register(), null);
    assert.equal(asked.length, 0);
    await setHostSetting(host.store, "public_url", "https://tracker.acme.com");
    assert.equal(await register(), "registered");
    const first: WebhookTarget = asked.at(0) ?? { url: "", secret: "" };
    assert.equal(first.url, "https://tracker.acme.com/webhooks/linear/con_1");
    assert.match(first.secret, /^[0-9a-f]{64}$/);
    const stale = [
      "https://tracker.acme.com/webhooks/linear/con_gone",
      "https://tracker.acme.com/webhooks/linear/con_gone?project=1",
      "https://tracker.acme.com/webhooks/linear/con_1?project=1",
      "https://tracker.acme.com/webhooks/linear/",
      "https://tracker.acme.com/webhooks/github/con_gone",
      "https://other.acme.com/webhooks/linear/con_gone",
    ].map((url) => first.isStale?.(url));
    assert.deepEqual(stale, [true, true, false, false, false, false]);
    provider.edit(issueId, { title: "Theirs" });
    assert.equal(await send(scene, "d1", [issueId], { secret: first.secret }), 202);
    await host.host.worker.idle();
    assert.equal(await titleOf(scene, issueId), "Theirs");
    isAllowed = false;
    assert.equal(await register(), "by_hand");
    assert.deepEqual(new Set(asked.map(({ secret }) => secret)).size, 1);
    const stored = await host.store.one("SELECT webhook_secret FROM connections");
    assert.doesNotMatch(String(stored?.["webhook_secret"]), new RegExp(first.secret));
  }));
