import assert from "node:assert/strict";
import { addUserUnchecked } from "../../../src/server/accounts/users.ts";
import { DEMO } from "../../../src/server/mod.ts";
import { CONSOLE_PAGES } from "../../../src/server/web/console/console_pages.ts";
import { type TestHost, withHost } from "../support.ts";
import { consoleBrowser, signedInBrowser, tokenOf } from "./browser.ts";

/** Adds a person who is no administrator. */
async function addMember({ context, store }: TestHost): Promise<void> {
  await addUserUnchecked(context, { username: "mo", password: "mo-password", team: DEMO.team });
  await store.run(
    "UPDATE members SET role = 'member' WHERE user_id = (SELECT id FROM users WHERE username = 'mo')",
  );
}

Deno.test("a browser is led from the root to the sign-in, and on to the page it wanted", () =>
  withHost(async (host) => {
    const browser = consoleBrowser(host);
    assert.equal((await browser.open("/")).location, "/projects");
    const led = await browser.open("/projects?after=x");
    assert.equal(led.status, 303);
    assert.equal(led.location, "/sign-in?next=%2Fprojects%3Fafter%3Dx");
    const answer = await browser.send(led.location, "/sign-in", {
      username: "demo@example.com",
      password: "demo",
      next: "/projects?after=x",
    });
    assert.equal(answer.status, 303);
    assert.equal(answer.location, "/projects?after=x");
    const page = await browser.open(answer.location);
    assert.equal(page.status, 200);
    assert.match(page.html, /<h1>Projects<\/h1>/);
    assert.match(page.html, /aria-current="page">Projects</);
  }));

Deno.test("programs get the JSON of the root as before", () =>
  withHost(async ({ raw }) => {
    for (const accept of ["*/*", "application/json"]) {
      const answer = await raw(new Request("http://127.0.0.1:8080/", { headers: { accept } }));
      assert.equal(answer.status, 200);
      assert.deepEqual(await answer.json(), { service: "tracker control plane" });
      assert.equal(answer.headers.get("vary"), "accept");
    }
    const probe = await raw(new Request("http://127.0.0.1:8080/", { method: "HEAD" }));
    assert.equal(probe.status, 200);
    const html = { accept: "text/html" };
    const call = await raw(new Request("http://127.0.0.1:8080/api/v1/none", { headers: html }));
    assert.match(call.headers.get("content-type") ?? "", /^application\/json/);
  }));

Deno.test("a sign-in leads to pages of the console only", () =>
  withHost(async (host) => {
    const nexts = [
      "https://evil.example/",
      "//evil.example/projects",
      "/\\evil.example/projects",
      "/api/v1/me/",
      "/sign-out",
      "javascript:alert(1)",
      "/projects\r\nx: y",
      "",
    ];
    for (const next of nexts) {
      const browser = consoleBrowser(host);
      const answer = await browser.send("/sign-in", "/sign-in", {
        username: "demo@example.com",
        password: "demo",
        next,
      });
      assert.equal(answer.location, "/projects", next);
    }
  }));

Deno.test("pages let nothing in from elsewhere, and run no script of their own text", () =>
  withHost(async (host) => {
    const browser = await signedInBrowser(host);
    for (const path of ["/sign-in", "/projects", "/nothing"]) {
      const { headers, html } = await browser.open(path);
      const policy = headers.get("content-security-policy") ?? "";
      for (const part of ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"]) {
        assert.ok(policy.includes(part), `${path}: ${part}`);
      }
      assert.doesNotMatch(policy, /unsafe|https?:|\*/, path);
      assert.equal(headers.get("referrer-policy"), "same-origin", path);
      assert.equal(headers.get("cache-control"), "no-store", path);
      assert.doesNotMatch(html, /<style|\sstyle=|\son\w+=|<script(?! src="\/console.js")/, path);
      assert.doesNotMatch(html, /(src|href|action)="(?!\/|#)/, path);
    }
  }));

Deno.test("the cookie of a session is for this host alone, and for no script", () =>
  withHost(async (host) => {
    const plain = consoleBrowser(host);
    const fields = { username: "demo@example.com", password: "demo" };
    const answer = await plain.send("/sign-in", "/sign-in", fields);
    const [line = ""] = answer.headers.getSetCookie();
    assert.match(
      line,
      /^tracker-session-8080=trw_[0-9a-f]{64}; Path=\/; Max-Age=43200; HttpOnly; SameSite=Strict$/,
    );
  }));

Deno.test("behind a trusted proxy that speaks TLS the cookie is secure and bound to the host's name", () =>
  withHost(async (host) => {
    const fields = { username: "demo@example.com", password: "demo" };
    const origin = "https://tracker.test";
    const forwarded = { "x-forwarded-proto": "https", "x-forwarded-for": "192.0.2.7" };
    for (const [remoteAddress, secure] of [["10.0.0.1", true], ["192.0.2.1", false]] as const) {
      const browser = consoleBrowser(host, {
        origin: secure ? origin : "http://tracker.test",
        headers: forwarded,
        remoteAddress,
      });
      const [line = ""] = (await browser.send("/sign-in", "/sign-in", fields)).headers
        .getSetCookie();
      assert.equal(/^__Host-tracker-session=.*; Secure$/.test(line), secure, line);
    }
  }, { trustedProxies: ["10.0.0.0/8"] }));

Deno.test("a form without its token, or from another site, does nothing", () =>
  withHost(async (host) => {
    const browser = await signedInBrowser(host);
    const csrf = tokenOf((await browser.open("/projects")).html);
    const post = (headers: Record<string, string>, body: Record<string, string>) =>
      browser.request("/sign-out", { method: "POST", headers, body: new URLSearchParams(body) });
    const origin = { origin: "http://127.0.0.1:8080" };
    const refused = [
      await post(origin, {}),
      await post(origin, { csrf: `${csrf}x` }),
      await post({}, { csrf }),
      await post({ origin: "null" }, { csrf }),
      await post({ origin: "http://evil.example" }, { csrf }),
      await post({ "sec-fetch-site": "cross-site" }, { csrf }),
      await post({ "sec-fetch-site": "same-site", ...origin }, { csrf }),
    ];
    for (const { status, html } of refused) {
      assert.equal(status, 403);
      assert.match(html, /<h1>This is not for you<\/h1>/);
    }
    assert.equal((await browser.open("/projects")).status, 200);
    assert.equal((await post({ "sec-fetch-site": "same-origin" }, { csrf })).location, "/sign-in");
    assert.equal((await browser.open("/projects")).status, 303);
  }));

Deno.test("a sign-in needs the token of its page", () =>
  withHost(async (host) => {
    const browser = consoleBrowser(host);
    const answer = await browser.request("/sign-in", {
      method: "POST",
      headers: { origin: "http://127.0.0.1:8080" },
      body: new URLSearchParams({ username: "demo@example.com", password: "demo", csrf: "" }),
    });
    assert.equal(answer.status, 403);
    assert.match(answer.html, /try again/);
  }));

Deno.test("a wrong password keeps the name, points at the field and takes the focus", () =>
  withHost(async (host) => {
    const browser = consoleBrowser(host);
    const { status, html } = await browser.send("/sign-in", "/sign-in", {
      username: "<script>alert(1)</script>",
      password: "sesame",
    });
    assert.equal(status, 401);
    assert.match(html, /value="&lt;script&gt;alert\(1\)&lt;\/script&gt;"/);
    assert.doesNotMatch(html, /sesame/);
    assert.match(html, /role="alert" tabindex="-1" autofocus=""/);
    assert.match(html, /aria-describedby="password-problem" aria-invalid="true"/);
  }));

Deno.test("guesses at the console run out as guesses elsewhere do, with the time to wait", () =>
  withHost(async (host) => {
    const browser = consoleBrowser(host);
    const guess = () =>
      browser.send("/sign-in", "/sign-in", { username: "demo@example.com", password: "wrong" });
    for (let at = 0; at < 10; at++) assert.equal((await guess()).status, 401);
    const { status, headers, html } = await guess();
    assert.equal(status, 429);
    assert.ok(Number(headers.get("retry-after")) > 0);
    assert.match(html, /Too many requests/);
  }));

Deno.test("a page that is not there is a page, with the way back", () =>
  withHost(async (host) => {
    const browser = await signedInBrowser(host);
    const { status, html } = await browser.open("/no/such/page");
    assert.equal(status, 404);
    assert.match(html, /<h1>There is no such page<\/h1>/);
    assert.match(html, /Sign out/);
  }));

Deno.test("a fault of the host shows nothing of it", () =>
  withHost(async (host) => {
    const browser = await signedInBrowser(host);
    await host.store.run("ALTER TABLE mappings RENAME TO gone");
    const { status, html } = await browser.open("/projects");
    assert.equal(status, 500);
    assert.match(html, /<h1>The host has failed<\/h1>/);
    assert.doesNotMatch(html, /mappings|SELECT|at file/);
    await host.store.run("ALTER TABLE gone RENAME TO mappings");
  }));

Deno.test("every page is closed to who is not signed in, and every admin's form to members", () =>
  withHost(async (host) => {
    await addMember(host);
    const stranger = consoleBrowser(host);
    const member = await signedInBrowser(host, "mo", "mo-password");
    const csrf = tokenOf((await member.open("/projects")).html);
    assert.ok(CONSOLE_PAGES.length > 0);
    for (const { method, path, for: role, comesFromElsewhere } of CONSOLE_PAGES) {
      // Where another site leads, a browser asks a second time before it counts as signed out.
      const again = comesFromElsewhere === true ? "?again=1" : "";
      const at = path.replaceAll(/:\w+/g, "x") + again;
      const init = {
        method,
        headers: { origin: "http://127.0.0.1:8080" },
        ...(method === "POST" ? { body: new URLSearchParams({ csrf }) } : {}),
      };
      const closed = await stranger.request(at, init);
      assert.equal(closed.status, 303, path);
      assert.match(closed.location, /^\/sign-in/, path);
      if (role === "admin") assert.equal((await member.request(at, init)).status, 403, path);
    }
  }));

Deno.test("a form that a member may not send is refused before any of it is read", () =>
  withHost(async (host) => {
    await addMember(host);
    const browsers = [consoleBrowser(host), await signedInBrowser(host, "mo", "mo-password")];
    const headers = {
      origin: "http://127.0.0.1:8080",
      "content-type": "application/x-www-form-urlencoded",
    };
    let reads = 0;
    for (const browser of browsers) {
      for (const path of ["/projects/import", "/people/new", "/sign-out"]) {
        const body = new ReadableStream({
          pull(controller) {
            reads++;
            controller.close();
          },
        }, { highWaterMark: 0 });
        const isOwn = path === "/sign-out" && browser !== browsers[0];
        const { status } = await browser.request(path, { method: "POST", headers, body });
        assert.equal(status >= 300 && status < 404, true, path);
        assert.equal(reads, isOwn ? 1 : 0, path);
      }
    }
  }));

Deno.test("a browser that signs in once more cannot come back with its earlier cookie", () =>
  withHost(async (host) => {
    const browser = await signedInBrowser(host);
    const earlier = new Map(browser.cookies);
    const fields = { username: DEMO.username, password: DEMO.password };
    const wrong = { ...fields, password: "wrong" };
    assert.equal((await browser.send("/sign-in", "/sign-in", wrong)).status, 401);
    assert.equal((await browser.open("/projects")).status, 200);
    assert.equal((await browser.send("/sign-in", "/sign-in", fields)).status, 303);
    assert.equal((await browser.open("/projects")).status, 200);
    earlier.forEach((value, name) => browser.cookies.set(name, value));
    assert.equal((await browser.open("/projects")).location, "/sign-in?next=%2Fprojects");
  }));

Deno.test("a person of two teams looks at one at a time", () =>
  withHost(async (host) => {
    const first = await signedInBrowser(host);
    assert.doesNotMatch((await first.open("/projects")).html, /action="\/team"/);
    await host.store.run(
      "INSERT INTO teams (id, slug, name) VALUES ('team_z', 'zebra', '<b>Zebra</b>')",
    );
    await host.store.run(
      "INSERT INTO members (team_id, user_id, role) SELECT 'team_z', id, 'member' FROM users",
    );
    const { html } = await first.open("/projects");
    assert.match(html, /<option value="zebra">&lt;b&gt;Zebra&lt;\/b&gt;<\/option>/);
    assert.equal((await first.send("/projects", "/team", { team: "zebra" })).status, 303);
    const other = await first.open("/projects");
    assert.match(other.html, /value="zebra" selected=""/);
    assert.match(other.html, /There is no place for issues yet/);
    assert.equal((await first.send("/projects", "/team", { team: "nobodys" })).status, 403);
  }));
