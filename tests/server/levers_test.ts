import assert from "node:assert/strict";
import { openTestHost, withHost } from "./support.ts";

Deno.test("without --dev there are no levers, no demo data, and no request log", async () => {
  const dataDir = await Deno.makeTempDir({ prefix: "tracker-host-" });
  try {
    const host = await openTestHost({ dataDir, dev: false });
    for (const path of ["/dev/requests", "/dev/events", "/dev/resources"]) {
      assert.equal((await host.call("GET", path)).status, 404);
    }
    for (const path of ["/dev/levers", "/dev/fail", "/dev/expire-access", "/dev/seed"]) {
      assert.equal((await host.call("POST", path, {})).status, 404);
    }
    const refused = await host.call("GET", "/api/v1/tracker/resources/?provider=linear");
    assert.equal(refused.at("error_code"), "no_installation");
    await host.host.close();
  } finally {
    await Deno.remove(dataDir, { recursive: true });
  }
});

Deno.test("levers answer this machine's programs only, never another machine or a web page", () =>
  withHost(async ({ raw }) => {
    const ask = async (
      address: string,
      headers: Record<string, string>,
      name = "127.0.0.1:8080",
    ) => {
      const request = new Request(`http://${name}/dev/requests`, { headers });
      const response = await raw(request, address);
      await response.body?.cancel();
      return response.status;
    };
    assert.equal(await ask("127.0.0.1", {}), 200);
    assert.equal(await ask("::1", {}), 200);
    assert.equal(await ask("127.0.0.1", {}, "[::1]:8080"), 200);
    assert.equal(await ask("127.0.0.1", {}, "rebound.example"), 404);
    assert.equal(await ask("192.168.1.7", {}), 404);
    assert.equal(await ask("127.0.0.1", { origin: "https://elsewhere.example" }), 404);
  }));

Deno.test("the next calls fail as planned, on their path, as often as planned", () =>
  withHost(async ({ call }) => {
    await call("POST", "/dev/fail", { times: 2, status: 503, path: "/status" });
    const status = "/api/v1/tracker/status/?provider=linear";
    assert.equal((await call("GET", "/api/v1/me")).status, 200);
    const failed = await call("GET", status);
    assert.equal(failed.status, 503);
    assert.equal(failed.at("error_code"), "internal_error");
    assert.equal((await call("GET", status)).status, 503);
    assert.equal((await call("GET", status)).status, 200);
  }));

Deno.test("a planned failure can be any code, old or limited", () =>
  withHost(async ({ call }) => {
    const path = "/api/v1/tracker/status/?provider=linear";
    await call("POST", "/dev/fail", { error_code: "binding_not_found", old_word: true });
    const old = await call("GET", path);
    assert.equal(old.status, 404);
    assert.equal(old.at("code"), "binding_not_found");
    assert.equal(old.at("error_code"), undefined);
    await call("POST", "/dev/fail", {
      status: 429,
      retry_after_seconds: 3,
      retry_after_header: 9,
    });
    const limited = await call("GET", path);
    assert.equal(limited.at("error_code"), "rate_limited");
    assert.equal(limited.at("retry_after_seconds"), 3);
    assert.equal(limited.headers.get("retry-after"), "9");
  }));

Deno.test("a planned failure can be no envelope at all", () =>
  withHost(async ({ call, raw }) => {
    const request = () => new Request("http://127.0.0.1/api/v1/tracker/health/");
    const fail = async (body: string, status: number) => {
      await call("POST", "/dev/fail", { body, status });
      return await raw(request());
    };
    assert.match(await (await fail("html", 502)).text(), /^<!doctype html>/);
    assert.equal(await (await fail("empty", 500)).text(), "");
    assert.throws(() => JSON.parse('{"error_code": "internal_err'));
    assert.equal(await (await fail("truncated", 500)).text(), '{"error_code": "internal_err');
    const redirect = await fail("redirect", 302);
    assert.equal(redirect.headers.get("location"), "http://127.0.0.1:9/elsewhere");
    await assert.rejects((await fail("broken", 200)).text(), /connection is lost/);
    assert.equal((await (await fail("huge", 200)).arrayBuffer()).byteLength, 33 * 1024 * 1024);
    const bytes = new Uint8Array(await (await fail("not_utf8", 200)).arrayBuffer());
    assert.throws(() => new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  }));

Deno.test("an answer can be lost after the work is done, and the repeat finds it done", () =>
  withHost(async (host) => {
    const ref = await host.bind("linear", "Engineering (ENG)");
    await host.call("POST", "/dev/fail", { after: true, status: 502, path: "/push" });
    const body = {
      provider: "linear",
      binding_ref: ref,
      items: [{
        ref: { system: "linear", workspace: "acme", id: "WP50" },
        action: "create",
        patch: { title: "Once" },
      }],
    };
    const key = { "idempotency-key": "lost-answer-1" };
    assert.equal((await host.call("POST", "/api/v1/tracker/push/", body, key)).status, 502);
    const repeat = await host.call("POST", "/api/v1/tracker/push/", body, key);
    assert.equal(repeat.at("items.0.outcome"), "created");
    assert.equal(
      (await host.store.all("SELECT 1 FROM issues WHERE json LIKE '%\"Once\"%'")).length,
      1,
    );
  }));

Deno.test("calls can be delayed, access tokens expired and sessions revoked", () =>
  withHost(async ({ call, platform }) => {
    await call("POST", "/dev/levers", { delay_ms: 700 });
    await call("GET", "/api/v1/me");
    assert.deepEqual(platform.clock.sleeps.filter((ms) => ms > 0), [700]);
    await call("POST", "/dev/reset");
    const login = { username: "demo@example.com", password: "demo" };
    const { text } = await call("POST", "/api/v1/token/", login);
    await call("POST", "/dev/expire-access");
    assert.equal((await call("GET", "/api/v1/me")).status, 401);
    const refresh = { refresh: text("refresh") };
    const next = await call("POST", "/api/v1/token/refresh/", refresh);
    assert.equal(next.status, 200);
    await call("POST", "/dev/revoke-sessions");
    const revoked = { refresh: next.text("refresh") };
    assert.equal((await call("POST", "/api/v1/token/refresh/", revoked)).status, 401);
  }));

Deno.test("the request log tells what was sent, without its secrets", () =>
  withHost(async (host) => {
    await host.call("POST", "/api/v1/token/", { username: "x", password: "hush-hush" });
    await host.bind("linear", "Engineering (ENG)");
    const log = await host.call("GET", "/dev/requests");
    const text = JSON.stringify(log.body);
    assert.ok(!text.includes("hush-hush") && !/tk[ar]_[0-9a-f]/.test(text));
    const last = log.list("requests").length - 1;
    assert.equal(log.at(`requests.${last}.method`), "POST");
    assert.equal(log.at(`requests.${last}.path`), "/api/v1/tracker/bind-confirm/");
    assert.equal(log.at(`requests.${last}.status`), 200);
    assert.equal(log.at(`requests.${last}.headers.authorization`), "Bearer [hidden]");
    assert.equal(log.at(`requests.${last}.headers.x-team-slug`), "acme");
    assert.equal(log.at(`requests.${last}.body.provider`), "linear");
    await host.call("DELETE", "/dev/requests");
    assert.deepEqual((await host.call("GET", "/dev/requests")).list("requests"), []);
    assert.equal((await host.call("GET", "/dev/idempotency")).list("records").length, 1);
    assert.equal((await host.call("GET", "/dev/mappings")).list("mappings").length, 1);
    assert.deepEqual((await host.call("GET", "/dev/operations")).list("operations"), []);
    assert.deepEqual((await host.call("GET", "/dev/device-codes")).list("codes"), []);
    assert.equal((await host.call("GET", "/dev/resources")).list("resources").length, 8);
  }));

Deno.test("mappings can be made for legacy projects, and resources filled with issues", () =>
  withHost(async (host) => {
    const made = await host.call("POST", "/dev/mappings", {
      provider: "linear",
      resource: "MOB",
      project_slug: "legacy",
    });
    const seeded = await host.call("POST", "/dev/seed", {
      provider: "linear",
      resource: "MOB",
      count: 2000,
    });
    assert.equal(seeded.at("added"), 2000);
    const pulled = await host.call("POST", "/api/v1/tracker/pull/", {
      provider: "linear",
      project_slug: "legacy",
      limit: 10_000,
    });
    assert.equal(pulled.list("items").length, 2036);
    assert.equal(pulled.at("binding_ref"), made.at("binding_ref"));
    const unknown = { provider: "linear", resource: "X", project_slug: "a", count: 1 };
    const { project_slug: _slug, ...seed } = unknown;
    const { count: _count, ...mapping } = unknown;
    assert.equal((await host.call("POST", "/dev/seed", seed)).status, 422);
    assert.equal((await host.call("POST", "/dev/mappings", mapping)).status, 422);
    assert.equal((await host.call("POST", "/dev/levers", { unknown: 1 })).status, 422);
  }));
