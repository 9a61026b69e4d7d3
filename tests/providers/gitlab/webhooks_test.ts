import assert from "node:assert/strict";
import { gitLabRemote } from "../../../src/providers/gitlab/remote.ts";
import { signingTokenFor } from "../../../src/providers/gitlab/webhooks.ts";
import { signatureOf, signed } from "../../standins/gitlab/fake_gitlab.ts";
import { atGitLab, codeOf } from "./support.ts";

const URL_OF_HOST = "https://tracker.test/webhooks/gitlab/1";

const SECRET = "s3cret-of-the-connection";

function webhooks() {
  const found = gitLabRemote().webhooks;
  assert.ok(found !== null);
  return found;
}

async function bytesOf(request: Request): Promise<Uint8Array> {
  return new Uint8Array(await request.arrayBuffer());
}

for (const signs of [true, false]) {
  Deno.test(`a webhook is registered once, and its deliveries are known by ${signs ? "signature" : "token"}`, () =>
    atGitLab(async ({ gitlab, project, remote, access, place, clock }) => {
      gitlab.signs = signs;
      gitlab.state.addIssue(project, { title: "One" }, clock.now());
      for (let times = 0; times < 2; times++) {
        assert.equal(
          await remote.webhooks?.ensure(access, place, { url: URL_OF_HOST, secret: SECRET }),
          true,
        );
      }
      assert.equal(project.hooks.size, 1);
      gitlab.edit(project, 1, { title: "Two" });
      const [delivery] = gitlab.deliveries;
      assert.ok(delivery !== undefined);
      const { headers, body } = await signed(delivery).then(async (request) => ({
        headers: request.headers,
        body: await bytesOf(request),
      }));
      assert.equal(headers.has("webhook-signature"), signs);
      const { verify, read } = webhooks();
      assert.equal(await verify(SECRET, headers, body, clock.now()), true);
      assert.equal(await verify("another", headers, body, clock.now()), false);
      assert.equal(await verify("", headers, body, clock.now()), false);
      const hints = [{ placeId: place.externalId, issueId: "1" }];
      assert.deepEqual(read(headers, body), { deliveryId: "delivery-1", hints });
    }));
}

Deno.test("a signature does not count when it is old, or of another text; a token counts beside it", async () => {
  const { verify } = webhooks();
  const at = 1_800_000_000_000;
  const bytes = new TextEncoder().encode("{}");
  const token = await signingTokenFor(SECRET);
  const good = `v1,${await signatureOf(token, "d-1.1800000000.{}")}`;
  const headers = (changes: Readonly<Record<string, string>> = {}) =>
    new Headers({
      "webhook-id": "d-1",
      "webhook-timestamp": "1800000000",
      "webhook-signature": good,
      ...changes,
    });
  assert.equal(await verify(SECRET, headers(), bytes, at), true);
  assert.equal(await verify(token, headers(), bytes, at), true, "as people enter it");
  const both = { "webhook-signature": `v1,AAAA ${good}` };
  assert.equal(await verify(SECRET, headers(both), bytes, at), true);
  assert.equal(await verify(SECRET, headers(), bytes, at + 299_000), true);
  assert.equal(await verify(SECRET, headers(), bytes, at + 301_000), false);
  assert.equal(await verify(SECRET, headers({ "webhook-id": "d-2" }), bytes, at), false);
  for (const signature of ["", "v1,", "v1,%%", "v2,AAAA", `v1a,${good.slice(3)}`]) {
    const changed = headers({ "webhook-signature": signature });
    assert.equal(await verify(SECRET, changed, bytes, at), false, signature);
  }
  assert.equal(await verify(SECRET, headers({ "webhook-timestamp": "soon" }), bytes, at), false);
  assert.equal(await verify("whsec_%", headers(), bytes, at), false);
  assert.equal(await verify(SECRET, new Headers(), bytes, at), false);
  const entered = { "webhook-signature": "v1,AAAA", "x-gitlab-token": SECRET };
  assert.equal(await verify(SECRET, headers(entered), bytes, at), true);
});

Deno.test("a credential that may not register a webhook is told, and a refused address is said", () =>
  atGitLab(async ({ project, remote, access, place }) => {
    const ensure = (url: string) => remote.webhooks?.ensure(access, place, { url, secret: SECRET });
    assert.equal(await codeOf(Promise.resolve(ensure("no address"))), "http_422");
    project.members.set("ada", 30);
    assert.equal(await ensure(URL_OF_HOST), false);
  }));

Deno.test("a delivery of an older server has a name of its own, and what cannot be read names nothing", () => {
  const { read } = webhooks();
  const headers = new Headers({ "x-gitlab-event-uuid": "e-1" });
  const event = (iid: number, updated_at: string) =>
    new TextEncoder().encode(JSON.stringify({
      object_kind: "issue",
      project: { id: 5 },
      object_attributes: { iid, updated_at },
    }));
  const first = read(headers, event(7, "2026-01-01"));
  assert.deepEqual(first.hints, [{ placeId: "5", issueId: "7" }]);
  assert.equal(read(headers, event(7, "2026-01-01")).deliveryId, first.deliveryId);
  for (const other of [event(8, "2026-01-01"), event(7, "2026-01-02")]) {
    assert.notEqual(read(headers, other).deliveryId, first.deliveryId);
  }
  for (const text of ["", "[]", "{}", '{"object_kind":"push","object_attributes":{}}']) {
    assert.deepEqual(read(headers, new TextEncoder().encode(text)).hints, [], text);
  }
});
