/** The page that says what to enter for webhooks at a provider: for admins, and the secret on demand alone. */
import assert from "node:assert/strict";
import { setHostSetting } from "../../../src/server/store/settings.ts";
import { connectableStandIn, GOOD_TOKEN } from "../../standins/connectable.ts";
import { type TestHost, withHost } from "../support.ts";
import { type ConsoleBrowser, signedInBrowser } from "./browser.ts";

const PAGE = "/connections/new/github";

interface Scene {
  readonly host: TestHost;
  readonly browser: ConsoleBrowser;
  /** The page about webhooks of the one connection. */
  readonly page: string;
}

async function withConnection(
  test: (scene: Scene) => Promise<void>,
  makesSecret = false,
): Promise<void> {
  const { connecting } = connectableStandIn(["site"]);
  const { webhooks } = connecting;
  assert.ok(webhooks !== null);
  const github = { ...connecting, webhooks: { ...webhooks, makesSecret } };
  await withHost(async (host) => {
    const browser = await signedInBrowser(host);
    const form = { kind: "token", owner: "acme", token: GOOD_TOKEN };
    const sent = await browser.send(PAGE, PAGE, form);
    await test({ host, browser, page: sent.location.replace(/\/places$/, "/webhook") });
  }, { connectable: { github } });
}

Deno.test("the page says what to enter, and shows the secret only when it is asked for", () =>
  withConnection(async ({ host, browser, page }) => {
    assert.match((await browser.open(page.replace("/webhook", ""))).html, /What to enter by hand/);
    const first = await browser.open(page);
    assert.match(first.html, /In the settings of the tracker\./);
    assert.match(first.html, /followed by <code>\/webhooks\/github\/con_/);
    assert.match(first.html, /<dt>Kind<\/dt><dd>JSON<\/dd>/);
    assert.match(first.html, /does not know its address/);
    await setHostSetting(host.store, "public_url", "https://tracker.acme.com");
    const known = await browser.open(page);
    assert.match(known.html, /<code>https:\/\/tracker\.acme\.com\/webhooks\/github\/con_/);
    const shown = await browser.send(page, `${page}/secret`, {});
    assert.equal(shown.status, 200);
    const secret = /id="once"[^>]*value="([0-9a-f]{64})"/.exec(shown.html)?.[1] ?? "";
    assert.notEqual(secret, "");
    for (const path of [page, page.replace("/webhook", ""), "/connections", "/audit"]) {
      assert.ok(!(await browser.open(path)).html.includes(secret), path);
    }
    assert.ok(!JSON.stringify(await host.store.all("SELECT * FROM connections")).includes(secret));
    const [entry] = await host.store.all(
      "SELECT details FROM audit WHERE action = 'connection.webhook'",
    );
    assert.deepEqual(JSON.parse(String(entry?.["details"])), { secret: "shown" });
    // The same one each time: what was entered stays right.
    assert.ok((await browser.send(page, `${page}/secret`, {})).html.includes(secret));
  }));

Deno.test("a secret that the provider makes is entered, and webhooks signed with it are taken", () =>
  withConnection(async ({ host, browser, page }) => {
    const { html } = await browser.open(page);
    assert.doesNotMatch(html, /Show the secret/);
    const own = "made-by-the-provider";
    for (const secret of ["short", `${own} ${own}`]) {
      const refused = await browser.send(page, page, { secret });
      assert.equal(refused.status, 422);
      assert.match(refused.html, /16 to 500 visible characters/);
      assert.ok(!refused.html.includes(secret));
    }
    const sent = await browser.send(page, page, { secret: own });
    assert.equal(sent.location, page.replace("/webhook", ""));
    const body = new TextEncoder().encode("{}");
    const algorithm = { name: "HMAC", hash: "SHA-256" };
    const post = async (secret: string) => {
      const bytes = new TextEncoder().encode(secret);
      const key = await crypto.subtle.importKey("raw", bytes, algorithm, false, ["sign"]);
      const signature = new Uint8Array(await crypto.subtle.sign("HMAC", key, body)).toHex();
      const url = `http://127.0.0.1:8080${page.replace("/connections/", "/webhooks/github/")}`
        .replace(/\/webhook$/, "");
      const headers = { "x-hub-signature-256": `sha256=${signature}`, "x-github-delivery": "d1" };
      const answer = await host.raw(new Request(url, { method: "POST", headers, body }));
      await answer.body?.cancel();
      return answer.status;
    };
    assert.equal(await post("another-secret-of-webhooks"), 404);
    assert.equal(await post(own), 202);
  }, true));

Deno.test("members see neither the page nor the secret", () =>
  withConnection(async ({ host, page }) => {
    await host.store.run("UPDATE members SET role = 'member'");
    const member = await signedInBrowser(host);
    assert.equal((await member.open(page)).status, 403);
    const answer = await member.send("/connections", `${page}/secret`, {});
    assert.equal(answer.status, 403);
    const made = await host.store.all("SELECT webhook_secret FROM connections");
    assert.deepEqual(made.map((row) => row["webhook_secret"]), [null]);
  }));
