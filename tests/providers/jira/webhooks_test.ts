import assert from "node:assert/strict";
import { signed } from "../../standins/jira/deliveries.ts";
import { atJira, atServer } from "./support.ts";

const URL_HERE = "https://tracker.test/webhooks/jira/c1";

const SECRET = "0123456789abcdef0123456789abcdef";

Deno.test("a webhook is registered once for a project, and names the issues that change", () =>
  atJira(async ({ jira, project, remote, access, place, clock }) => {
    const webhooks = remote.webhooks;
    assert.ok(webhooks !== null);
    for (let time = 0; time < 2; time++) {
      assert.equal(await webhooks.ensure(access, place, { url: URL_HERE, secret: SECRET }), true);
    }
    assert.equal(jira.state.hooks.size, 1);
    const issue = jira.add(project, { summary: "Issue" });
    const [delivery] = jira.deliveries;
    assert.ok(delivery !== undefined);
    const request = await signed(delivery);
    const body = new Uint8Array(await request.arrayBuffer());
    assert.equal(await webhooks.verify(SECRET, request.headers, body, clock.now()), true);
    assert.equal(await webhooks.verify("other", request.headers, body, clock.now()), false);
    assert.equal(await webhooks.verify(SECRET, new Headers(), body, clock.now()), false);
    assert.deepEqual(webhooks.read(request.headers, body), {
      deliveryId: delivery.id,
      hints: [{ placeId: place.externalId, issueId: issue.id }],
    });
  }));

Deno.test("a delivery without an identifier is told from others by its signature", () =>
  atJira(({ remote }) => {
    const body = new TextEncoder().encode("{}");
    const idOf = (headers: HeadersInit) =>
      remote.webhooks?.read(new Headers(headers), body).deliveryId;
    assert.equal(idOf({ "x-hub-signature": "sha256=ab" }), "sha256=ab");
    assert.equal(
      idOf({ "x-hub-signature": "sha256=ab", "x-atlassian-webhook-identifier": "1" }),
      "1",
    );
    assert.equal(idOf({}), "");
    return Promise.resolve();
  }));

Deno.test("a move names the project that the issue was in, too", () =>
  atJira(({ remote, place }) => {
    const body = JSON.stringify({
      issue: {
        self: "https://acme.atlassian.net/rest/api/2/issue/7",
        id: "7",
        fields: { project: { self: "https://acme.atlassian.net/rest/api/2/project/9", id: "9" } },
      },
      changelog: { items: [{ field: "project", from: place.externalId.split("/").at(-1) }] },
    });
    const read = remote.webhooks?.read(new Headers(), new TextEncoder().encode(body));
    assert.deepEqual(read?.hints.map(({ placeId }) => placeId), [
      "acme.atlassian.net/9",
      place.externalId,
    ]);
    for (const text of ["{", "{}"]) {
      const read = remote.webhooks?.read(new Headers(), new TextEncoder().encode(text));
      assert.deepEqual(read?.hints, []);
    }
    return Promise.resolve();
  }));

Deno.test("a user who may not register a webhook is told so", () =>
  atJira(async ({ jira, remote, access, place }) => {
    for (const { permissions } of jira.state.credentials.values()) permissions.delete("ADMINISTER");
    assert.equal(
      await remote.webhooks?.ensure(access, place, { url: URL_HERE, secret: SECRET }),
      false,
    );
  }));

Deno.test("an older server of a team's own is given no webhook: it would not be signed", () =>
  atServer(async ({ jira, remote, access, place }) => {
    assert.equal(
      await remote.webhooks?.ensure(access, place, { url: URL_HERE, secret: SECRET }),
      false,
    );
    assert.equal(jira.state.hooks.size, 0);
  }));

Deno.test("a server from Jira 10 on is given one webhook that it signs, among many others", () =>
  atServer(async ({ jira, project, remote, access, place, clock }) => {
    jira.serverVersion = "10.3.1";
    for (let id = 1; id <= 230; id++) {
      const hook = { id: String(id), url: `https://other.test/${id}`, secret: "", jql: "" };
      jira.state.hooks.set(hook.id, hook);
    }
    const { webhooks } = remote;
    assert.ok(webhooks !== null);
    for (let time = 0; time < 2; time++) {
      assert.equal(await webhooks.ensure(access, place, { url: URL_HERE, secret: SECRET }), true);
    }
    const own = [...jira.state.hooks.values()].filter(({ url }) => url.startsWith(URL_HERE));
    assert.deepEqual(own.map(({ url, jql }) => [url, jql]), [
      [`${URL_HERE}?project=${project.id}`, `project = ${project.id}`],
    ]);
    const issue = jira.add(project, { summary: "Issue" });
    const [delivery] = jira.deliveries;
    assert.ok(delivery !== undefined);
    const request = await signed(delivery);
    const body = new Uint8Array(await request.arrayBuffer());
    assert.equal(await webhooks.verify(SECRET, request.headers, body, clock.now()), true);
    assert.deepEqual(webhooks.read(request.headers, body).hints, [
      { placeId: place.externalId, issueId: issue.id },
    ]);
    for (const { permissions } of jira.state.credentials.values()) permissions.delete("ADMINISTER");
    assert.equal(await webhooks.ensure(access, place, { url: URL_HERE, secret: SECRET }), false);
  }));
