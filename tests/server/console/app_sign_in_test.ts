/** An OAuth app is let in at the provider, and what comes back is taken once, from the browser that began it. */
import assert from "node:assert/strict";
import type { Fetch } from "../../../src/platform/platform.ts";
import { ATLASSIAN } from "../../../src/providers/jira/app.ts";
import { JIRA_CONNECTING } from "../../../src/providers/jira/connecting.ts";
import { addUser } from "../../../src/server/mod.ts";
import { COMMAND_LINE } from "../../../src/server/model/actor.ts";
import { FakeAtlassian, TOKEN_LASTS_MS } from "../../standins/jira/fake_atlassian.ts";
import { FakeJira } from "../../standins/jira/fake_jira.ts";
import { PERMISSIONS } from "../../standins/jira/state.ts";
import { type TestHost, type TestHostOptions, withHost } from "../support.ts";
import { type ConsoleBrowser, consoleBrowser, type Seen, signedInBrowser } from "./browser.ts";

const SITE = "https://acme.atlassian.net";

const PAGE = "/connections/new/jira?kind=app";

const ENTERED = {
  kind: "app",
  url: SITE,
  client_id: "fake-client-id",
  client_secret: "ATOA-fake-client-secret-0123456789",
  places: "",
};

interface Scene {
  readonly host: TestHost;
  readonly browser: ConsoleBrowser;
  readonly atlassian: FakeAtlassian;
  readonly jira: FakeJira;
  /** Sends the form, lets the app in, and returns the path that Atlassian leads to. */
  letIn(fields?: Partial<typeof ENTERED>, page?: string): Promise<string>;
  /** The connections, as they are stored. */
  stored(): Promise<readonly Readonly<Record<string, unknown>>[]>;
}

async function withApp(
  test: (scene: Scene) => Promise<void>,
  options: TestHostOptions = {},
): Promise<void> {
  let fetch: Fetch = () => Promise.reject(new Error("Not there yet"));
  const { look, signIn } = JIRA_CONNECTING;
  assert.ok(signIn !== undefined);
  const through: Fetch = (...asked) => fetch(...asked);
  const jiraThrough = {
    ...JIRA_CONNECTING,
    look: (...[credential, tools]: Parameters<typeof look>) =>
      look(credential, { ...tools, fetch: through }),
    signIn: {
      ...signIn,
      complete: (...[credential, back, tools]: Parameters<typeof signIn.complete>) =>
        signIn.complete(credential, back, { ...tools, fetch: through }),
    },
  };
  await withHost(async (host) => {
    const now = () => host.platform.clock.now();
    const jira = await FakeJira.start(SITE, now);
    const person = jira.state.addPerson("ada", "Ada Lovelace", "ada@acme.test");
    for (const key of ["WEB", "OPS"]) jira.state.addProject(key);
    const { client_id: clientId, client_secret: clientSecret } = ENTERED;
    const origin = options.publicUrl ?? "http://127.0.0.1:8080";
    const atlassian = new FakeAtlassian({
      jira,
      site: SITE,
      ...ATLASSIAN,
      now,
      app: { clientId, clientSecret, callback: `${origin}/connections/authorized` },
      person,
      permissions: PERMISSIONS,
    });
    fetch = atlassian.fetch;
    const browser = await signedInBrowser(host);
    await test({
      host,
      browser,
      atlassian,
      jira,
      async letIn(fields = {}, page = PAGE) {
        const sent = await browser.send(page, page.replace(/\?.*/, ""), { ...ENTERED, ...fields });
        const address = linkTo(sent);
        assert.ok(!sent.html.includes(clientSecret));
        const { headers } = await atlassian.handle(new Request(address));
        const back = new URL(headers.get("location") ?? "");
        return back.pathname + back.search;
      },
      stored: () => host.store.all("SELECT * FROM connections ORDER BY id"),
    });
    assert.deepEqual(jira.faults, []);
  }, { ...options, connectable: { jira: jiraThrough } });
}

/** Returns where the page leads that asks a person to go on at Atlassian. */
function linkTo({ status, html }: Seen): string {
  assert.equal(status, 200, html);
  const found = /href="(https:\/\/auth\.atlassian\.com\/authorize\?[^"]+)"/.exec(html)?.[1];
  assert.ok(found !== undefined, html);
  return found.replaceAll("&amp;", "&");
}

Deno.test("the form of an app shows where Atlassian is to lead back to", () =>
  withApp(async ({ browser }) => {
    const { html } = await browser.open(PAGE);
    assert.match(
      html,
      /Callback URL[\s\S]*value="https:\/\/tracker\.test\/connections\/authorized"/,
    );
    assert.match(html, /manage:jira-webhook/);
    assert.match(html, /name="client_secret"[^>]*type="password"/);
  }, { publicUrl: "https://tracker.test" }));

Deno.test("an app that is let in is stored encrypted, and its projects are chosen", () =>
  withApp(async ({ host, browser, atlassian, letIn, stored }) => {
    const back = await letIn();
    const connected = await browser.open(back);
    assert.equal(connected.status, 303, connected.html);
    const places = await browser.open(connected.location);
    assert.match(places.html, /Connected as Ada Lovelace at acme\.atlassian\.net/);
    assert.match(places.html, /acme\/OPS[\s\S]*acme\/WEB/);
    const [row, ...others] = await stored();
    assert.deepEqual(others, []);
    assert.equal(row?.["credential_kind"], "app");
    assert.equal(row?.["base_url"], SITE);
    const text = JSON.stringify([
      await stored(),
      await host.store.all("SELECT * FROM provider_sign_ins"),
      await host.store.all("SELECT * FROM audit"),
    ]);
    for (const secret of atlassian.secrets) assert.ok(!text.includes(secret));
    // Once its token has ended, the places are looked at with a new one, which is stored.
    host.platform.clock.advance(TOKEN_LASTS_MS);
    assert.match((await browser.open(connected.location)).html, /acme\/WEB/);
    assert.equal(atlassian.renewals, 1);
    assert.notEqual((await stored())[0]?.["credential"], row?.["credential"]);
    const test = connected.location.replace(/\/places$/, "/test");
    const tested = await browser.send(connected.location, test, {});
    assert.match((await browser.open(tested.location)).html, /it reaches 2 places/);
    assert.equal(atlassian.renewals, 1);
  }));

Deno.test("a browser that Atlassian leads here without its cookie asks once more", () =>
  withApp(async ({ host, browser, letIn }) => {
    const back = await letIn();
    const first = await consoleBrowser(host).open(back);
    assert.equal(first.status, 200);
    const next = /http-equiv="refresh" content="0;url=([^"]+)"/.exec(first.html)?.[1] ?? "";
    const path = next.replaceAll("&amp;", "&");
    assert.match(path, /^\/connections\/authorized\?state=[0-9a-f]{64}&code=[\w-]+&again=1$/);
    // One who is not signed in is led to the sign-in then.
    assert.match((await consoleBrowser(host).open(path)).location, /^\/sign-in\?next=/);
    assert.equal((await browser.open(path)).status, 303);
  }));

Deno.test("what comes back is used once, in time, by the browser and the person that began it", () =>
  withApp(async ({ host, browser, letIn, stored }) => {
    const admin = { username: "bo@acme.test", password: "correct horse battery" };
    await addUser(host.context, COMMAND_LINE, { ...admin, team: "demo", role: "admin" });
    const back = await letIn();
    const refusals: readonly [Promise<ConsoleBrowser>, string, RegExp][] = [
      [signedInBrowser(host, admin.username, admin.password), back, /Somebody else has begun/],
      [signedInBrowser(host), back, /begun in another browser/],
      [Promise.resolve(browser), back.replace(/state=\w+/, "state=x"), /not begun at this host/],
      [Promise.resolve(browser), "/connections/authorized", /not begun at this host/],
    ];
    for (const [other, path, words] of refusals) {
      const refused = await (await other).open(path);
      assert.equal(refused.status, 422);
      assert.match(refused.html, words);
    }
    assert.equal((await browser.open(back)).status, 303);
    const repeated = await browser.open(back);
    assert.match(repeated.html, /was used already/);
    // A page that was loaded twice has stored something the first time.
    assert.match(repeated.html, /Look under Connections whether it has worked/);
    assert.doesNotMatch(repeated.html, /Nothing was stored/);
    assert.equal((await stored()).length, 1);
    const late = await letIn();
    host.platform.clock.advance(10 * 60_000);
    assert.match((await browser.open(late)).html, /begun too long ago/);
  }));

Deno.test("a sign-in that was begun under another key of the host is begun once more", () =>
  withApp(async ({ host, browser, letIn, stored }) => {
    const back = await letIn();
    host.platform.setEnv("TRACKER_HOST_KEY", btoa("k".repeat(32)));
    const { status, html } = await browser.open(back);
    assert.equal(status, 422);
    assert.match(html, /This sign-in was begun under another key of the host/);
    assert.match(html, /Begin once more under Connections/);
    assert.deepEqual(await stored(), []);
    assert.equal((await browser.open(await letIn())).status, 303);
  }));

Deno.test("two that come back at once store one connection", () =>
  withApp(async ({ browser, letIn, stored }) => {
    const back = await letIn();
    const answers = await Promise.all([browser.open(back), browser.open(back)]);
    assert.deepEqual(answers.map(({ status }) => status).toSorted(), [303, 422]);
    assert.equal((await stored()).length, 1);
  }));

Deno.test("what goes wrong at Atlassian is told at the form, and nothing is stored", () =>
  withApp(async ({ browser, atlassian, letIn, stored }) => {
    const cases: readonly [() => void, RegExp][] = [
      [() => atlassian.denies = true, /The app was not let in\. Nothing was stored\./],
      [
        () => atlassian.allowed = ["read:jira-work", "offline_access"],
        /not let do all that it needs: write:jira-work, read:jira-user\./,
      ],
      [
        () => atlassian.allowed = ["read:jira-work", "write:jira-work", "read:jira-user"],
        /not let do all that it needs: offline_access\./,
      ],
      [
        () => {
          atlassian.letsIn = false;
          atlassian.otherSites = ["https://other.atlassian.net", "https://third.atlassian.net"];
        },
        /not let into https:\/\/acme\.atlassian\.net: it reaches other\.atlassian\.net, third\.atlassian\.net\./,
      ],
      [() => atlassian.letsIn = false, /it reaches no site\./],
      [() => answering(new Response("<h1>Down</h1>", { status: 503 })), /with 503/],
      [() => answering(new Response("<h1>Hi</h1>")), /with what is not JSON/],
      [() => answering(new Response("x".repeat(33 * 1024 * 1024))), /with more than 32 MiB/],
      [
        () => answering(new Response(null, { status: 307, headers: { location: SITE } })),
        /redirected &quot;exchange the code&quot; to https:\/\/acme/,
      ],
      [
        () => answering(Response.json({ error: "invalid_grant" }, { status: 400 })),
        /does not take the code of the sign-in/,
      ],
    ];
    const answering = (answer: Response) => {
      atlassian.stepIn = (call) => call.endsWith("/oauth/token") ? answer : undefined;
    };
    const { allowed, stepIn } = atlassian;
    for (const [begin, words] of cases) {
      Object.assign(atlassian, { allowed, stepIn, denies: false, letsIn: true, otherSites: [] });
      begin();
      const seen = await browser.open(await letIn());
      assert.equal(seen.status, 422, seen.html);
      assert.match(seen.html, words);
      assert.match(seen.html, /name="url"[^>]*value="https:\/\/acme\.atlassian\.net"/);
      for (const secret of atlassian.secrets) assert.ok(!seen.html.includes(secret));
    }
    assert.deepEqual(await stored(), []);
  }));

Deno.test("words that stand in the address are anybody's, and are told harmlessly", () =>
  withApp(async ({ browser, letIn }) => {
    const state = /state=\w+/.exec(await letIn())?.[0];
    const words = encodeURIComponent(`<script>alert(1)</script>\u202e${"x".repeat(1_000)}`);
    const seen = await browser.open(
      `/connections/authorized?${state}&error=server_error&error_description=${words}`,
    );
    assert.equal(seen.status, 422);
    assert.match(seen.html, /did not let the app in \(server_error: &lt;script&gt;/);
    assert.ok(!seen.html.includes("\u202e"));
    assert.ok(!seen.html.includes("x".repeat(400)));
  }));

Deno.test("a refused connection works again once the app is let in once more", () =>
  withApp(async ({ host, browser, letIn, stored }) => {
    const { location } = await browser.open(await letIn());
    const path = location.replace(/\/places$/, "");
    await host.store.run("UPDATE connections SET state = 'refused', state_detail = 'ended'");
    const elsewhere = await browser.send(`${path}/credential`, `${path}/credential`, {
      ...ENTERED,
      url: "https://other.atlassian.net",
    });
    assert.match(elsewhere.html, /This connection is to https:\/\/acme\.atlassian\.net/);
    const back = await letIn({ places: "WEB" }, `${path}/credential`);
    const renewed = await browser.open(back);
    assert.equal(renewed.location, path);
    assert.match((await browser.open(path)).html, /works again as Ada Lovelace/);
    const [row, ...others] = await stored();
    assert.deepEqual([row?.["state"], row?.["site"], others], ["ok", "WEB", []]);
  }));

Deno.test("a host without TLS that others reach asks for no app", () =>
  withApp(async ({ browser }) => {
    const page = await browser.open(PAGE);
    assert.match(page.html, /leads people back to an address of https only/);
    const sent = await browser.send(PAGE, "/connections/new/jira", ENTERED);
    assert.equal(sent.status, 422);
    assert.match(sent.html, /--public-url/);
  }, { publicUrl: "http://tracker.acme.test" }));

Deno.test("what was entered wrongly is told before anybody goes to Atlassian", () =>
  withApp(async ({ host, browser }) => {
    const cases = [
      [{ client_id: "two words" }, /Enter the client id as the developer console shows it/],
      [{ client_secret: "" }, /Enter: Client secret/],
      [{ url: "acme" }, /Enter an address such as/],
      [{ places: "W-1" }, /is no key of a project/],
    ] as const;
    for (const [fields, words] of cases) {
      const sent = await browser.send(PAGE, "/connections/new/jira", { ...ENTERED, ...fields });
      assert.equal(sent.status, 422);
      assert.match(sent.html, words);
    }
    assert.deepEqual(await host.store.all("SELECT * FROM provider_sign_ins"), []);
  }));
