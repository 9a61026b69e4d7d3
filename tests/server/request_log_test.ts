import assert from "node:assert/strict";
import { type LogForm, requestLog } from "../../src/server/http/request_log.ts";
import { testPlatform } from "../support/platform.ts";
import { consoleBrowser, signedInBrowser } from "./console/browser.ts";
import { type TestHost, withHost } from "./support.ts";

const LOGGED = { log: "json" } as const;

/** The lines of the log since the sign-in. */
function lines(host: TestHost): Record<string, unknown>[] {
  return host.platform.stderr().trimEnd().split("\n").slice(1).map((line) => JSON.parse(line));
}

Deno.test("a line says who called what, from where, and how it ended", () =>
  withHost(async (host) => {
    const answer = await host.call(
      "GET",
      "/api/v1/tracker/operations/op_1/?provider=secret",
      undefined,
      {
        "x-request-id": "req-1",
      },
    );
    const [line] = lines(host);
    const user = await host.store.one("SELECT id FROM users");
    assert.deepEqual(line, {
      time: "2026-03-01T12:00:00.000Z",
      level: "info",
      request_id: "req-1",
      call: "operation",
      method: "GET",
      path: "/api/v1/tracker/operations/op_1",
      status: 404,
      ms: 0,
      bytes: new TextEncoder().encode(JSON.stringify(answer.body)).length,
      user_id: user?.["id"],
      team: "acme",
      address: "127.0.0.1",
    });
  }, LOGGED));

Deno.test("a page of the console is logged with who is signed in, and no path names a call", () =>
  withHost(async (host) => {
    const browser = await signedInBrowser(host);
    for (const path of ["/projects", "/projects/res_1", "/nowhere", "/issues/res_1/x"]) {
      await browser.open(path);
    }
    const user = await host.store.one("SELECT id FROM users");
    const opened = lines(host).slice(-4);
    assert.deepEqual(opened.map(({ call }) => call), ["page", "page", "unknown", "page"]);
    for (const line of opened) {
      assert.deepEqual([line["user_id"], line["team"]], [user?.["id"], "acme"]);
    }
    const before = lines(host).length;
    await consoleBrowser(host).open("/projects");
    assert.equal(lines(host)[before]?.["user_id"], null);
  }, LOGGED));

Deno.test("no name, no token, no body and no query is in the log", () =>
  withHost(async (host) => {
    await host.call("POST", "/api/v1/token/", {
      username: "demo@example.com",
      password: "pass-word",
    });
    await host.call("GET", "/device?user_code=WXYZ-1234");
    await host.call("POST", "/oauth/revoke", new URLSearchParams({ token: "tkr_secret" }));
    const text = host.platform.stderr();
    assert.equal(text.split("\n").length, 5);
    assert.doesNotMatch(text, /demo@|pass-word|WXYZ|tkr_|Bearer/);
  }, LOGGED));

Deno.test("a path that turns a terminal around is written harmlessly, and cut", () =>
  withHost(async (host) => {
    await host.raw(new Request(`http://127.0.0.1:8080/%1b[31m/\u202e${"x".repeat(5_000)}`));
    const text = host.platform.stderr();
    assert.doesNotMatch(text.replaceAll("\n", ""), /[\p{Cc}\p{Cf}]/u);
    assert.ok(text.length < 1_500);
  }, LOGGED));

Deno.test("characters that a terminal acts upon are escaped in both forms", () => {
  for (const form of ["json", "text", "none"] as const satisfies readonly LogForm[]) {
    const platform = testPlatform("/nowhere");
    const log = requestLog(platform, form);
    const message = "a\u001b[2J\u202eb\u2028c\ud800";
    log.error({ requestId: "r", method: "GET", path: "/", message });
    const text = platform.stderr();
    assert.equal(text.split("\n").length, 2, form);
    assert.doesNotMatch(text.trimEnd(), /[\p{Cc}\p{Cf}\p{Zl}\p{Cs}]/u, form);
    if (form === "json") assert.equal(JSON.parse(text).message, message);
  }
});

Deno.test("probes that succeed are not logged, and those that fail are", () =>
  withHost(async (host) => {
    for (const path of ["/healthz", "/readyz"]) {
      await host.raw(new Request(`http://127.0.0.1:8080${path}`));
    }
    host.host.condition.isStopping = true;
    await host.raw(new Request("http://127.0.0.1:8080/readyz"));
    assert.deepEqual(lines(host).map(({ call, status }) => [call, status]), [["readyz", 503]]);
  }, LOGGED));

Deno.test("a fault of the host is a line of its own under the same id, in every form", async () => {
  for (
    const [log, pattern] of [
      ["json", /"level":"error","request_id":"req-1","method":"GET","path":"\/api\/v1\/me"/],
      ["text", /^\S+ Error in GET \/api\/v1\/me \(req-1\): broken$/m],
      ["none", /^Error in GET \/api\/v1\/me \(req-1\): broken$/m],
    ] as const
  ) {
    await withHost(async (host) => {
      const broken = () => Promise.reject(new Error("broken"));
      Object.assign(host.store, { one: broken, all: broken });
      const { status } = await host.call("GET", "/api/v1/me", undefined, {
        "x-request-id": "req-1",
      });
      assert.equal(status, 500);
      assert.match(host.platform.stderr(), pattern);
    }, { log });
  }
});

Deno.test("a line of text has its parts in one order", () =>
  withHost(async (host) => {
    await host.call("GET", "/api/v1/me", undefined, { "x-request-id": "req-1" });
    assert.match(
      host.platform.stderr(),
      /^2026-03-01T12:00:00.000Z 200 me GET \/api\/v1\/me 0ms \d+B user=usr_\w+ team=- from=127\.0\.0\.1 request=req-1$/m,
    );
  }, { log: "text" }));
