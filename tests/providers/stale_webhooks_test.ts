/** Each provider keeps one webhook of a host for a place, whatever connections came and went. */
import assert from "node:assert/strict";
import type { Access, Remote, RemotePlace } from "../../src/providers/mod.ts";
import { atGitHub } from "./github/support.ts";
import { atGitLab } from "./gitlab/support.ts";
import { atJira, atServer } from "./jira/support.ts";
import { linearTest } from "./linear/rig.ts";

const HOST = "https://tracker.acme.test/webhooks";

/** A provider, and how its webhooks are looked at. */
interface Reached {
  readonly remote: Remote;
  readonly access: Access;
  readonly place: RemotePlace;
  /** Returns where webhooks lead, and what they are signed with. */
  readonly hooks: () => Iterable<{ readonly url: string; readonly secret: string }>;
}

async function keepsOne({ remote: { webhooks }, access, place, hooks }: Reached): Promise<void> {
  assert.ok(webhooks !== null);
  const shown = () =>
    [...hooks()].map(({ url, secret }) => `${url.split("?")[0]} ${secret}`).toSorted();
  const ensure = (name: string, isStale?: (url: string) => boolean) =>
    webhooks.ensure(access, place, {
      url: `${HOST}/${name}`,
      secret: `secret of ${name}`,
      isStale,
    });
  for (const name of ["con_gone1", "con_gone2", "con_other"]) assert.ok(await ensure(name));
  assert.equal(shown().length, 3);
  assert.ok(await ensure("con_new", (url) => url.includes("con_gone")));
  const other = `${HOST}/con_other secret of con_other`;
  assert.deepEqual(shown(), [`${HOST}/con_new secret of con_new`, other]);
  // The host was called otherwise, and was reached below a path, before.
  const earlier = ["https://old.acme.test", "http://127.0.0.1:8080/tracker"].map((host) => ({
    url: `${host}/webhooks/con_new`,
    secret: "secret of con_new",
  }));
  for (const target of earlier) {
    assert.ok(await webhooks.ensure(access, place, target));
    const at = `${target.url} ${target.secret}`;
    assert.deepEqual(shown(), [at, other].toSorted());
  }
  assert.ok(await ensure("con_new"));
  assert.deepEqual(shown(), [`${HOST}/con_new secret of con_new`, other]);
  assert.ok(await webhooks.remove(access, place, "https://next.acme.test/webhooks/con_new"));
  assert.deepEqual(shown(), [other]);
  assert.ok(await webhooks.remove(access, place, `${HOST}/con_new`));
}

Deno.test("GitHub keeps one webhook of a host, and takes it away", () =>
  atGitHub(({ repository, ...reached }) =>
    keepsOne({ ...reached, hooks: () => repository.hooks.values() })
  ));

Deno.test("GitLab keeps one webhook of a host, and takes it away", () =>
  atGitLab(({ project, ...reached }) =>
    keepsOne({
      ...reached,
      hooks: () => project.hooks.values().map(({ url, token }) => ({ url, secret: token })),
    })
  ));

linearTest(
  "Linear keeps one webhook of a host, and takes it away",
  (rig) => keepsOne({ ...rig, hooks: () => rig.linear.workspace.webhooks.values() }),
);

for (const [name, at] of [["Jira Cloud", atJira], ["Jira Data Center", atServer]] as const) {
  Deno.test(`${name} keeps one webhook of a host for a project, and takes it away`, () =>
    at(async ({ jira, ...reached }) => {
      jira.serverVersion = "10.3.1";
      await keepsOne({ ...reached, hooks: () => jira.state.hooks.values() });
    }));
}

Deno.test("a webhook of another project of Jira is never taken for one that leads nowhere", () =>
  atJira(async ({ jira, remote: { webhooks }, access, place }) => {
    const url = `${HOST}/con_gone?project=99`;
    jira.state.hooks.set("99", { id: "99", url, secret: "s", jql: "project = 99" });
    const target = { url: `${HOST}/con_new`, secret: "secret", isStale: () => true };
    assert.equal(await webhooks?.ensure(access, place, target), true);
    assert.equal(jira.state.hooks.get("99")?.url, url);
    assert.equal(jira.state.hooks.size, 2);
  }));

Deno.test("a credential that may not look after webhooks takes none away, and that is no failure", () =>
  atGitHub(async ({ github, remote: { webhooks }, access, place }) => {
    for (const token of github.state.tokens.values()) token.hooks = false;
    assert.equal(await webhooks?.remove(access, place, `${HOST}/con_1`), false);
  }));
