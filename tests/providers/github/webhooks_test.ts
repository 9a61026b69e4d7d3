import assert from "node:assert/strict";
import { gitHubWebhooks, WEBHOOK_EVENTS } from "../../../src/providers/github/webhooks.ts";
import { type GitHubAccess, GitHubSession } from "../../../src/providers/github/session.ts";
import { Sessions } from "../../../src/providers/sessions.ts";
import { signed } from "../../standins/github/fake_github.ts";
import { atGitHub } from "./support.ts";

const WEBHOOKS = gitHubWebhooks(
  new Sessions((access: GitHubAccess) => new GitHubSession(access)),
);

const URL_OF_HOST = "https://tracker.acme.test/webhooks/github/con_1";

function hintsIn(payload: unknown, changes: Readonly<Record<string, string>> = {}) {
  const body = new TextEncoder().encode(JSON.stringify(payload));
  return WEBHOOKS.read(new Headers({ "x-github-delivery": "d-1", ...changes }), body);
}

Deno.test("a webhook is registered once, and renewed when it is there", () =>
  atGitHub(async ({ remote: { webhooks }, access, place, repository }) => {
    assert.equal(await webhooks?.ensure(access, place, { url: URL_OF_HOST, secret: "one" }), true);
    assert.equal(await webhooks?.ensure(access, place, { url: URL_OF_HOST, secret: "two" }), true);
    const hooks = [...repository.hooks.values()];
    assert.equal(hooks.length, 1);
    assert.equal(hooks[0]?.secret, "two");
    assert.deepEqual(hooks[0]?.events, [...WEBHOOK_EVENTS]);
  }));

Deno.test("a credential that may not register a webhook is no failure", () =>
  atGitHub(async ({ remote: { webhooks }, access, place, github }) => {
    for (const token of github.state.tokens.values()) token.hooks = false;
    assert.equal(await webhooks?.ensure(access, place, { url: URL_OF_HOST, secret: "one" }), false);
  }));

Deno.test("what GitHub sends is verified over its bytes, and names the issue to read", () =>
  atGitHub(async ({ remote: { webhooks }, access, place, github, repository, clock }) => {
    await webhooks?.ensure(access, place, { url: URL_OF_HOST, secret: "s3cret" });
    github.state.addIssue(repository, { title: "T" }, 0);
    github.edit(repository, 1, { title: "שלום 🦊" });
    const [delivery] = github.deliveries;
    assert.ok(delivery !== undefined);
    const { headers, url } = await signed(delivery);
    assert.equal(url, URL_OF_HOST);
    const bytes = new TextEncoder().encode(delivery.body);
    const verify = (secret: string, body: Uint8Array, changed = headers) =>
      webhooks?.verify(secret, changed, body, clock.now());
    assert.equal(await verify("s3cret", bytes), true);
    assert.equal(await verify("other", bytes), false);
    assert.equal(await verify("", bytes), false);
    assert.equal(await verify("s3cret", bytes.subarray(1)), false);
    assert.equal(await verify("s3cret", bytes, new Headers()), false);
    const badly = new Headers({ "x-hub-signature-256": "sha256=zz" });
    assert.equal(await verify("s3cret", bytes, badly), false);
    assert.deepEqual(webhooks?.read(headers, bytes), {
      deliveryId: "delivery-1",
      hints: [{ placeId: place.externalId, issueId: "1" }],
    });
  }));

Deno.test("sub-issues and dependencies name both issues, each with its repository", () => {
  const issue = (number: number) => ({ number, title: "T" });
  assert.deepEqual(
    hintsIn({
      action: "sub_issue_added",
      repository: { id: 1 },
      sub_issue: issue(7),
      sub_issue_repo: { id: 2 },
      parent_issue: issue(3),
    }).hints,
    [{ placeId: "2", issueId: "7" }, { placeId: "1", issueId: "3" }],
  );
  assert.deepEqual(
    hintsIn({
      action: "blocked_by_added",
      repository: { id: 1 },
      blocked_issue: issue(7),
      blocking_issue: issue(8),
      blocking_issue_repo: { id: 1 },
    }).hints.map(({ issueId }) => issueId),
    ["7", "8"],
  );
});

Deno.test("a comment on a pull request, a ping, and what cannot be read name no issue", () => {
  const pull = { number: 1, pull_request: {} };
  assert.deepEqual(hintsIn({ repository: { id: 1 }, issue: pull }).hints, []);
  assert.deepEqual(hintsIn({ zen: "Keep it simple.", repository: { id: 1 } }).hints, []);
  assert.deepEqual(hintsIn({ issue: { number: 1 } }).hints, []);
  assert.deepEqual(hintsIn("text").hints, []);
  assert.deepEqual(WEBHOOKS.read(new Headers(), new Uint8Array([0xff])), {
    deliveryId: "",
    hints: [],
  });
});
