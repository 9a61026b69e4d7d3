import assert from "node:assert/strict";
import type { RemoteWebhooks } from "../../../src/providers/mod.ts";
import { ADMIN_KEY } from "../../standins/linear/fake_linear.ts";
import { ENG, type LinearRig, linearTest, OPS } from "./rig.ts";

const URL = "https://tracker.acme.example/webhooks/linear/con_1";
const SECRET = "a-secret-of-the-connection";

function webhooksOf({ remote }: LinearRig): RemoteWebhooks {
  assert.ok(remote.webhooks !== null);
  return remote.webhooks;
}

/** Has a webhook registered, and returns what an issue that was just changed sends. */
async function sent(rig: LinearRig, change: (id: string) => void) {
  const { linear, access, place } = rig;
  const { id } = linear.people.add({ teamId: ENG, title: "A" });
  assert.ok(await webhooksOf(rig).ensure(access, place, { url: URL, secret: SECRET }));
  change(id);
  const [webhook] = linear.outbox.take();
  assert.ok(webhook !== undefined);
  return {
    id,
    url: webhook.url,
    headers: new Headers(webhook.headers),
    body: new TextEncoder().encode(webhook.body),
  };
}

linearTest("a webhook is registered once for a team, and turned on again", async (rig) => {
  const { linear, access, place } = rig;
  const webhooks = webhooksOf(rig);
  assert.ok(await webhooks.ensure(access, place, { url: URL, secret: SECRET }));
  const [webhook] = linear.workspace.webhooks.values();
  assert.ok(webhook !== undefined);
  assert.deepEqual([webhook.url, webhook.teamId, webhook.secret], [URL, ENG, SECRET]);
  webhook.enabled = false;
  assert.ok(await webhooks.ensure(access, place, { url: URL, secret: "another-secret" }));
  assert.equal(linear.workspace.webhooks.size, 1);
  assert.deepEqual([webhook.enabled, webhook.secret], [true, "another-secret"]);
});

linearTest("a credential that is no administrator's registers none", async (rig) => {
  const { linear, access, place } = rig;
  const caller = linear.callers.get(ADMIN_KEY);
  assert.ok(caller !== undefined);
  linear.callers.set(ADMIN_KEY, { ...caller, scopes: new Set(["read", "write"]) });
  assert.equal(await webhooksOf(rig).ensure(access, place, { url: URL, secret: SECRET }), false);
});

linearTest("a webhook names its delivery and the issue to read", async (rig) => {
  const { linear } = rig;
  const { id, headers, body } = await sent(rig, (id) => linear.people.edit(id, { title: "B" }));
  assert.ok(await webhooksOf(rig).verify(SECRET, headers, body, rig.clock.now()));
  assert.deepEqual(webhooksOf(rig).read(headers, body), {
    deliveryId: headers.get("linear-delivery"),
    hints: [{ placeId: ENG, issueId: id }],
  });
});

linearTest("an issue that was moved is read in both teams", async (rig) => {
  const { linear } = rig;
  const { id, headers, body } = await sent(rig, (id) => {
    const before = linear.workspace.issues.get(id);
    const [webhook] = linear.workspace.webhooks.values();
    assert.ok(before !== undefined && webhook !== undefined);
    linear.workspace.webhooks.set(webhook.id, { ...webhook, teamId: OPS });
    linear.outbox.changed({ ...before }, linear.people.move(id, OPS));
  });
  const { hints } = webhooksOf(rig).read(headers, body);
  assert.deepEqual(hints, [{ placeId: OPS, issueId: id }, { placeId: ENG, issueId: id }]);
});

linearTest(
  "a webhook is taken for a minute, and with the whole and right signature alone",
  async (rig) => {
    const { linear, clock } = rig;
    const { headers, body } = await sent(rig, (id) => linear.people.edit(id, { title: "B" }));
    const { verify } = webhooksOf(rig);
    const now = clock.now();
    assert.ok(await verify(SECRET, headers, body, now + 60_000));
    assert.ok(await verify(SECRET, headers, body, now - 60_000));
    assert.ok(!await verify(SECRET, headers, body, now + 60_001));
    assert.ok(!await verify(SECRET, headers, body, now - 60_001));
    assert.ok(!await verify("another", headers, body, now));
    assert.ok(!await verify("", headers, body, now));
    assert.ok(!await verify(SECRET, headers, body.slice(1), now));
    const signature = headers.get("linear-signature") ?? "";
    for (const wrong of ["", signature.slice(2), `${signature}00`, "z".repeat(64)]) {
      assert.ok(!await verify(SECRET, new Headers({ "linear-signature": wrong }), body, now));
    }
  },
);

linearTest("a webhook about something else is a hint at nothing", async (rig) => {
  const { read } = webhooksOf(rig);
  const headers = new Headers({ "Linear-Delivery": "d" });
  for (const text of ["", "[]", "{", '{"type":"Comment","data":{"id":"c"}}', '{"type":"Issue"}']) {
    const found = read(headers, new TextEncoder().encode(text));
    assert.deepEqual(found, { deliveryId: "d", hints: [] });
  }
  await Promise.resolve();
});
