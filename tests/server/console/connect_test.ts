import assert from "node:assert/strict";
import { connectableStandIn, GOOD_TOKEN } from "../../standins/connectable.ts";
import type { Connecting, Remote } from "../../../src/providers/mod.ts";
import { gitHubRemote } from "../../../src/providers/github/remote.ts";
import { addUser } from "../../../src/server/mod.ts";
import { COMMAND_LINE } from "../../../src/server/model/actor.ts";
import { type TestHost, withHost } from "../support.ts";
import { type ConsoleBrowser, signedInBrowser } from "./browser.ts";

const PAGE = "/connections/new/github";
const HOSTILE = `<img src=x onerror=alert(1)>"'\u202e`;

async function withStandIn(
  test: (
    host: TestHost,
    browser: ConsoleBrowser,
    tracker: ReturnType<typeof connectableStandIn>,
  ) => Promise<void>,
): Promise<void> {
  const tracker = connectableStandIn(["site", "docs", HOSTILE]);
  await withHost(
    async (host) => await test(host, await signedInBrowser(host), tracker),
    { connectable: { github: tracker.connecting } },
  );
}

/** Connects, and returns the path of the connection. */
async function connected(browser: ConsoleBrowser): Promise<string> {
  const sent = await browser.send(PAGE, PAGE, { kind: "token", owner: "acme", token: GOOD_TOKEN });
  assert.equal(sent.status, 303, sent.html);
  return sent.location.replace(/\/places$/, "");
}

async function stored(host: TestHost): Promise<string> {
  return JSON.stringify(await host.store.all("SELECT * FROM connections"));
}

Deno.test("the form of a provider is drawn from what the provider says of itself", () =>
  withStandIn(async (_host, browser) => {
    assert.match((await browser.open("/connections")).html, /href="\/connections\/new\/github"/);
    const { html } = await browser.open(PAGE);
    assert.match(html, /Create a token that reads and writes issues/);
    assert.match(
      html,
      /href="https:\/\/tracker.acme.com\/settings\/tokens" rel="noopener nofollow"/,
    );
    assert.match(html, /name="owner"[^>]*value="acme"/);
    assert.match(html, /name="token"[^>]*type="password"/);
    const app = await browser.open(`${PAGE}?kind=app`);
    assert.match(app.html, /<textarea id="key"/);
    for (const name of ["nothing", "sample"]) {
      assert.equal((await browser.open(`/connections/new/${name}`)).status, 404, name);
    }
  }));

Deno.test("a credential that lacks something or does not work is not stored, and not given back", () =>
  withStandIn(async (host, browser, tracker) => {
    for (
      const [token, problem, asked] of [
        ["", /Enter: Token\./, 0],
        ["other", /A token begins with fake-/, 0],
        ["fake-unknown", /does not know this token/, 1],
      ] as const
    ) {
      const refused = await browser.send(PAGE, PAGE, { kind: "token", owner: HOSTILE, token });
      assert.equal(refused.status, 422);
      assert.match(refused.html, problem);
      assert.equal(tracker.asked.length, asked);
      assert.doesNotMatch(refused.html, /<img src=x|fake-unknown|value="other"/);
      assert.match(refused.html, /&lt;img src=x/);
    }
    assert.equal(await stored(host), "[]");
  }));

Deno.test("a credential that works another way is stored so, and the page says how", async () => {
  const tracker = connectableStandIn(["site"]);
  const { look } = tracker.connecting;
  const secrets: string[] = [];
  const connecting: Connecting = {
    ...tracker.connecting,
    async look(credential, tools) {
      secrets.push(credential.secret);
      const seen = await look({ ...credential, secret: GOOD_TOKEN }, tools);
      if (credential.secret === "fake-found") return seen;
      const found = { ...credential, secret: "fake-found" };
      return { ...seen, credential: found, notes: ["It is used at the gateway."] };
    },
  };
  await withHost(async (host) => {
    const browser = await signedInBrowser(host);
    const path = await connected(browser);
    const choose = await browser.open(`${path}/places`);
    assert.match(choose.html, /Choose what to bring here\. It is used at the gateway\./);
    assert.doesNotMatch((await browser.open(`${path}/places`)).html, /It is used at the gateway/);
    assert.equal(secrets.at(-1), "fake-found");
  }, { connectable: { github: connecting } });
});

Deno.test("a credential that works is stored encrypted, and its places are chosen", () =>
  withStandIn(async (host, browser) => {
    const path = await connected(browser);
    assert.ok(!(await stored(host)).includes(GOOD_TOKEN), "the credential is stored in clear");
    const choose = await browser.open(`${path}/places`);
    assert.match(choose.html, /Connected as ada-at-fake/);
    assert.match(choose.html, /&lt;img src=x/);
    const none = await browser.send(`${path}/places`, `${path}/places`, { place: "not-there" });
    assert.equal(none.status, 422);
    const chosen = await browser.send(`${path}/places`, `${path}/places`, { place: "fake-site" });
    assert.equal(chosen.location, path);
    const page = await browser.open(path);
    assert.match(page.html, /1 place added/);
    assert.match(page.html, /acme\/site/);
    assert.doesNotMatch((await browser.open(`${path}/places`)).html, /value="fake-site"/);
    const listed = await host.call("GET", "/api/v1/tracker/resources/?provider=github");
    assert.match(JSON.stringify(listed.body), /acme\/site/);
    const audit = await host.store.all("SELECT action, target, details FROM audit ORDER BY id");
    assert.deepEqual(
      audit.map(({ action, target }) => `${action} ${target}`),
      ["connection.add github", "connection.choose github"],
    );
    assert.ok(!JSON.stringify(audit).includes(GOOD_TOKEN));
    for (const one of ["/connections", path, `${path}/places`, "/audit", "/activity"]) {
      assert.ok(!(await browser.open(one)).html.includes(GOOD_TOKEN), one);
    }
  }));

Deno.test("a host whose data is in memory reads with the credential that it has stored", async () => {
  const tracker = connectableStandIn(["site"]);
  const used: string[] = [];
  const github: Remote = {
    ...gitHubRemote(),
    webhooks: null,
    listChanged({ credential }) {
      used.push(credential.secret);
      return Promise.resolve({ issues: [], removed: [], cursor: null, highWater: null });
    },
  };
  await withHost(async (host) => {
    const browser = await signedInBrowser(host);
    const path = await connected(browser);
    await browser.send(`${path}/places`, `${path}/places`, { place: "fake-site" });
    await host.host.worker.idle();
    assert.deepEqual(used, [GOOD_TOKEN]);
    const row = await host.store.one("SELECT state FROM connections");
    assert.equal(row?.["state"], "ok");
  }, { connectable: { github: tracker.connecting }, providers: { github } });
});

Deno.test("a place that a removed connection has left is taken up again with its issues", () =>
  withStandIn(async (host, browser) => {
    const places = (path: string) =>
      browser.send(`${path}/places`, `${path}/places`, { place: "fake-site" });
    const first = await connected(browser);
    await places(first);
    const resources = await host.store.all("SELECT id FROM resources ORDER BY id");
    const second = await connected(browser);
    assert.match((await browser.open(second)).html, /github-2/);
    await places(second);
    assert.match((await browser.open(second)).html, /This connection brings no issues yet/);
    await browser.send(`${first}/remove`, `${first}/remove`, {});
    await places(second);
    assert.match((await browser.open(second)).html, /acme\/site/);
    assert.deepEqual(await host.store.all("SELECT id FROM resources ORDER BY id"), resources);
  }));

Deno.test("a connection whose places all come with another one is not stored, and says with which", () =>
  withStandIn(async (host, browser, tracker) => {
    tracker.places = tracker.places.slice(0, 1);
    const path = await connected(browser);
    await browser.send(`${path}/places`, `${path}/places`, { place: "fake-site" });
    const sent = { kind: "token", owner: "acme", token: GOOD_TOKEN };
    const refused = await browser.send(PAGE, PAGE, sent);
    assert.equal(refused.status, 422);
    assert.match(
      refused.html,
      /acme\/site.{1,6} comes with the connection .{1,6}github.{1,6} already/,
    );
    assert.doesNotMatch(refused.html, new RegExp(GOOD_TOKEN));
    const rows = await host.store.all("SELECT name FROM connections");
    assert.deepEqual(rows.map(({ name }) => name), ["github"]);
  }));

Deno.test("a place that comes with another connection is named, and cannot be chosen", () =>
  withStandIn(async (host, browser) => {
    const first = await connected(browser);
    await browser.send(`${first}/places`, `${first}/places`, { place: "fake-site" });
    const second = `${await connected(browser)}/places`;
    const { html } = await browser.open(second);
    assert.doesNotMatch(html, /value="fake-site"/);
    assert.match(html, /<bdi>acme\/site<\/bdi> comes with <bdi>github<\/bdi>/);
    const chosen = await browser.send(second, second, { place: "fake-site" });
    assert.equal(chosen.status, 422);
    assert.match(chosen.html, /This place comes with a connection already\./);
    const rows = await host.store.all(
      "SELECT connection_id FROM resources WHERE external_id = 'fake-site'",
    );
    assert.deepEqual(rows.map((row) => `/connections/${row["connection_id"]}`), [first]);
  }));

Deno.test("another credential has a refused connection work again, and no second one is made", () =>
  withStandIn(async (host, browser, tracker) => {
    const path = await connected(browser);
    await browser.send(`${path}/places`, `${path}/places`, { place: "fake-site" });
    // A first read of the place, which fails, would say something else of the connection.
    await host.host.worker.idle();
    await host.store.run(
      "UPDATE connections SET state = 'refused', state_detail = 'It has expired', state_at = 1",
    );
    const credential = async () =>
      (await host.store.all("SELECT credential FROM connections")).map((row) => row["credential"]);
    const before = await credential();
    const page = await browser.open(path);
    assert.match(page.html, /refuses the credential/);
    assert.ok(page.html.includes(`class="button" href="${path}/credential"`));
    const form = `${path}/credential`;
    const asked = tracker.asked.length;
    assert.match((await browser.open(form)).html, /Another credential for github/);
    for (
      const [token, problem] of [["", /Enter:/], ["fake-unknown", /does not know this/]] as const
    ) {
      const refused = await browser.send(form, form, { kind: "token", owner: "acme", token });
      assert.equal(refused.status, 422);
      assert.match(refused.html, problem);
      assert.doesNotMatch(refused.html, /fake-unknown/);
    }
    assert.deepEqual(await credential(), before);
    const sent = await browser.send(form, form, {
      kind: "token",
      owner: "acme",
      token: GOOD_TOKEN,
    });
    assert.equal(sent.location, path, sent.html);
    assert.equal(tracker.asked.length, asked + 2);
    const healed = await browser.open(path);
    assert.match(healed.html, /works again as ada-at-fake/);
    const after = await credential();
    assert.equal(after.length, 1);
    assert.notDeepEqual(after, before);
    const now = await stored(host);
    assert.ok(!now.includes(GOOD_TOKEN) && !now.includes("It has expired"), now);
    const audit = await host.store.all("SELECT action FROM audit ORDER BY id");
    assert.equal(audit.at(-1)?.["action"], "connection.renew");
  }));

Deno.test("a connection takes no credential for another address", () =>
  withStandIn(async (host, browser) => {
    const path = await connected(browser);
    await host.store.run("UPDATE connections SET base_url = 'https://elsewhere.invalid/api'");
    const form = `${path}/credential`;
    const sent = await browser.send(form, form, {
      kind: "token",
      owner: "acme",
      token: GOOD_TOKEN,
    });
    assert.equal(sent.status, 422);
    assert.match(sent.html, /This connection is to https:\/\/elsewhere\.invalid\/api/);
  }));

Deno.test("the stored credential is tested once more on demand", () =>
  withStandIn(async (_host, browser, tracker) => {
    const path = await connected(browser);
    const test = async () => {
      await browser.send(path, `${path}/test`, {});
      return (await browser.open(path)).html;
    };
    assert.match(await test(), /The credential works: it reaches 3 places as ada-at-fake/);
    tracker.missing = ["close issues"];
    assert.match(await test(), /may not: close issues/);
    assert.equal(tracker.asked.at(-1), GOOD_TOKEN);
  }));

Deno.test("a member connects nothing", () =>
  withStandIn(async (host, browser) => {
    const path = await connected(browser);
    const mo = { username: "mo", password: "a secret of mo", team: "acme" };
    await addUser(host.context, COMMAND_LINE, mo);
    const member = await signedInBrowser(host, mo.username, mo.password);
    assert.doesNotMatch((await member.open("/connections")).html, /connections\/new/);
    for (const page of [PAGE, `${path}/places`, path]) {
      assert.equal((await member.open(page)).status, 403, page);
    }
    assert.equal((await member.send("/people", PAGE, { token: GOOD_TOKEN })).status, 403);
  }));
