import assert from "node:assert/strict";
import { addUserUnchecked, ensureTeam } from "../../../src/server/accounts/users.ts";
import { ensureInstallation } from "../../../src/server/bindings/resources.ts";
import { insertConnection, type StoredConnection } from "../../../src/server/store/connections.ts";
import { aConnection } from "../../support/connections.ts";
import { type TestHost, withHost } from "../support.ts";
import { type ConsoleBrowser, signedInBrowser } from "./browser.ts";

const SECRET = "v1:never-to-be-shown";
const HOSTILE = `<img src=x onerror=alert(1)>"'\u202e`;

/** Makes everybody of the host an admin. */
async function admins(host: TestHost): Promise<void> {
  await host.store.run("UPDATE members SET role = 'admin'");
}

async function connected(
  host: TestHost,
  changes: Partial<StoredConnection> = {},
  team = "acme",
): Promise<string> {
  const { id: teamId } = await ensureTeam(host.context, team);
  const installation = await ensureInstallation(host.context, teamId, "github");
  const id = host.context.newId("con");
  await host.store.transaction((tx) =>
    insertConnection(
      tx,
      aConnection({ id, teamId, installationId: installation.id, credential: SECRET }, {
        site: "acme",
        madeBy: "ada",
        budgetLeft: 4_999,
        ...changes,
      }),
    )
  );
  return id;
}

async function actions(host: TestHost): Promise<unknown[]> {
  return (await host.store.all("SELECT action, target FROM audit ORDER BY id"))
    .map(({ action, target }) => `${action} ${target}`);
}

/** Opens a page and checks that no credential is on it. */
async function open(browser: ConsoleBrowser, path: string) {
  const seen = await browser.open(path);
  assert.ok(!seen.html.includes(SECRET), path);
  return seen;
}

Deno.test("places whose issues live in the host are listed with what is in them and who uses them", () =>
  withHost(async (host) => {
    await host.bind("linear", "Engineering (ENG)");
    const browser = await signedInBrowser(host);
    const { html } = await open(browser, "/connections");
    assert.match(html, /Engineering \(ENG\)/);
    assert.match(html, /data-title="Issues"[^>]*>36</);
    assert.match(html, /my-app/);
    assert.doesNotMatch(html, /Connected trackers/);
    assert.match(html, /href="\/connections\/new\/github">Connect GitHub/);
  }));

Deno.test("an empty team is told what to do; a member, whom to ask", () =>
  withHost(async (host) => {
    await addUserUnchecked(host.context, { username: "eve", password: "eve", team: "empty" });
    await addUserUnchecked(host.context, { username: "mo", password: "mo", team: "empty" });
    await host.store.run(
      "UPDATE members SET role = CASE user_id WHEN (SELECT id FROM users WHERE username = 'eve') THEN 'admin' ELSE 'member' END",
    );
    const admin = await open(await signedInBrowser(host, "eve", "eve"), "/connections");
    assert.match(admin.html, /No issues live in this host/);
    assert.match(admin.html, /href="\/projects\/new"/);
    const member = await open(await signedInBrowser(host, "mo", "mo"), "/connections");
    assert.match(member.html, /An admin of the team can create a place/);
    assert.doesNotMatch(member.html, /href="\/projects\/new"/);
  }));

Deno.test("a connection shows how it stands in words, and never its credential", () =>
  withHost(async (host) => {
    await admins(host);
    const browser = await signedInBrowser(host);
    for (
      const [changes, words] of [
        [{ state: "ok" }, /Works/],
        [{ state: "limited", stateAt: 5_000_000_000_000 }, /Work continues at <time/],
        [{ state: "refused", stateDetail: HOSTILE }, /refuses the credential/],
        [{ state: "unreachable", stateAt: 5 }, /cannot be reached\s+since <time/],
        [{ pausedAt: 7 }, /nothing is fetched and nothing is delivered/],
      ] as const
    ) {
      const id = await connected(host, { ...changes, name: `n ${JSON.stringify(changes)}` });
      const { html, status } = await open(browser, `/connections/${id}`);
      assert.equal(status, 200);
      assert.match(html, words);
      assert.match(html, /4,999/);
      assert.doesNotMatch(html, /<img src=x|\u202e/);
    }
    assert.equal((await open(browser, "/connections")).status, 200);
  }));

Deno.test("a place that cannot be read is named with the provider's words, and what webhooks do", () =>
  withHost(async (host) => {
    await admins(host);
    const webhookAt = Date.UTC(2026, 2, 1);
    const id = await connected(host, { webhookState: "registered", webhookAt });
    await host.store.run(
      "UPDATE resources SET connection_id = ?, sync_error = ? WHERE label LIKE 'Engineering%'",
      id,
      `Gone ${HOSTILE}`,
    );
    const browser = await signedInBrowser(host);
    const page = await open(browser, `/connections/${id}`);
    assert.match(page.html, /Works in part/);
    assert.match(page.html, /Some of its places cannot be read/);
    assert.match(page.html, /Gone &lt;img src=x/);
    assert.match(page.html, /Registered by the host; the last came <time/);
    assert.doesNotMatch(page.html, /<img src=x|\u202e/);
    assert.match((await open(browser, "/connections")).html, /Works in part/);
    const [resource] = await host.store.all("SELECT id FROM resources WHERE connection_id = ?", id);
    const place = await open(browser, `/projects/${resource?.["id"]}`);
    assert.match(place.html, /does not let the host read this place/);
    assert.match(place.html, /Gone &lt;img src=x/);
  }));

Deno.test("what keeps a connection from working is told where its places are, to members too", () =>
  withHost(async (host) => {
    const id = await connected(host, { state: "refused", stateDetail: "Bad credentials" });
    await host.store.run(
      "UPDATE resources SET connection_id = ? WHERE label LIKE 'Engineering%'",
      id,
    );
    await host.store.run("UPDATE members SET role = 'member'");
    const browser = await signedInBrowser(host);
    assert.match((await open(browser, "/connections")).html, /Refused[^]*Bad credentials/);
    const [resource] = await host.store.all("SELECT id FROM resources WHERE connection_id = ?", id);
    const place = await open(browser, `/projects/${resource?.["id"]}`);
    assert.match(place.html, /Until an admin enters another one[^]*Bad credentials/);
  }));

Deno.test("a connection is paused, resumed and removed, and the log says by whom", () =>
  withHost(async (host) => {
    await admins(host);
    const id = await connected(host);
    await host.store.run(
      "UPDATE resources SET connection_id = ? WHERE label LIKE 'Engineering%'",
      id,
    );
    const browser = await signedInBrowser(host);
    const page = `/connections/${id}`;
    assert.equal((await browser.send(page, `${page}/pause`, {})).location, page);
    assert.match((await open(browser, page)).html, /Paused/);
    assert.equal((await browser.send(page, `${page}/resume`, {})).location, page);
    const ask = await open(browser, `${page}/remove`);
    assert.match(ask.html, /Its resource stays here/);
    const removed = await browser.send(`${page}/remove`, `${page}/remove`, {});
    assert.equal(removed.location, "/connections");
    assert.match((await open(browser, "/connections")).html, /Engineering/);
    assert.equal((await open(browser, page)).status, 404);
    assert.deepEqual(
      await actions(host),
      [
        "connection.pause github",
        "connection.resume github",
        "connection.remove github",
      ].map(String),
      "the log",
    );
  }));

Deno.test("words are given a meaning and lose it again", () =>
  withHost(async (host) => {
    await admins(host);
    const page = `/connections/${await connected(host)}/words`;
    const browser = await signedInBrowser(host);
    await browser.send(page, page, { word: HOSTILE, status: "in_review" });
    const { html } = await open(browser, page);
    assert.match(html, /&lt;img src=x onerror=alert\(1\)&gt;/);
    assert.doesNotMatch(html, /<img src=x/);
    for (const fields of [{ word: "", status: "done" }, { word: "a", status: "" }]) {
      const refused = await browser.send(page, page, fields);
      assert.equal(refused.status, 422);
      assert.match(refused.html, /class="field wrong"/);
    }
    await browser.send(page, page, { word: HOSTILE, status: "none" });
    // The first time it is named in the notice.
    await open(browser, page);
    assert.doesNotMatch((await open(browser, page)).html, /&lt;img/);
  }));

Deno.test("connections of another team are not there, and a member changes none", () =>
  withHost(async (host) => {
    await admins(host);
    await addUserUnchecked(host.context, { username: "x", password: "x", team: "other" });
    const theirs = await connected(host, { name: "theirs" }, "other");
    const ours = await connected(host);
    const browser = await signedInBrowser(host);
    for (const path of ["", "/words", "/remove"]) {
      assert.equal((await open(browser, `/connections/${theirs}${path}`)).status, 404, path);
    }
    for (const path of ["pause", "resume", "remove", "words"]) {
      const sent = await browser.send(`/connections/${ours}`, `/connections/${theirs}/${path}`, {});
      assert.equal(sent.status, 404, path);
    }
    assert.doesNotMatch((await open(browser, "/connections")).html, /theirs/);
    await host.store.run("UPDATE members SET role = 'member'");
    assert.match((await open(browser, "/connections")).html, /github/);
    assert.equal((await open(browser, `/connections/${ours}`)).status, 403);
    assert.deepEqual(await actions(host), []);
  }));
