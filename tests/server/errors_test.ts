import assert from "node:assert/strict";
import { ENDPOINTS } from "../../src/contract/paths.ts";
import { addUser, COMMAND_LINE } from "../../src/server/mod.ts";
import { withHost } from "./support.ts";

Deno.test("every path answers with and without its slash, and redirects nowhere", () =>
  withHost(async ({ raw }) => {
    for (const { path, method } of ENDPOINTS) {
      const bare = path.replace("{id}", "op_1").replace(/\/$/, "");
      const statuses = await Promise.all([bare, `${bare}/`].map(async (one) => {
        const response = await raw(new Request(`http://127.0.0.1${one}`, { method }));
        await response.body?.cancel();
        return response.status;
      }));
      assert.equal(statuses[0], statuses[1], path);
      assert.ok(statuses[0] !== 404 && statuses[0] !== 405, `${path}: ${statuses[0]}`);
      assert.ok((statuses[0] ?? 0) < 300 || (statuses[0] ?? 0) >= 400, path);
    }
  }));

Deno.test("every call but the sign-in and health is 401 without a session", () =>
  withHost(async ({ call }) => {
    const open = ["token", "refresh", "device", "deviceToken", "revoke", "health"];
    for (const { operation, path, method } of ENDPOINTS) {
      if (open.includes(operation)) continue;
      const { status, at } = await call(
        method,
        path.replace("{id}", "op_1"),
        method === "POST" ? {} : undefined,
        { authorization: null },
      );
      assert.equal(status, 401, path);
      assert.equal(at("error_code"), "unauthorized");
    }
  }));

Deno.test("an unknown path is 404 and a wrong method is 405 with what is allowed, as envelopes", () =>
  withHost(async ({ call }) => {
    const unknown = await call("GET", "/api/v1/tracker/nothing/");
    assert.equal(unknown.status, 404);
    assert.equal(unknown.at("error_code"), "validation_error");
    assert.equal(unknown.at("http_status"), 404);
    for (const { path, method } of ENDPOINTS) {
      const wrong = await call("DELETE", path.replace("{id}", "op_1"));
      assert.equal(wrong.status, 405, path);
      assert.equal(wrong.headers.get("allow"), method);
    }
    const pages = [["/", "GET"], ["/device", "GET, POST"], ["/device.css", "GET"]] as const;
    for (const [path, allow] of pages) {
      const wrong = await call("PUT", path);
      assert.deepEqual([wrong.status, wrong.headers.get("allow")], [405, allow], path);
    }
    assert.equal((await call("GET", "/deviceXcss")).status, 404);
  }));

Deno.test("a body that is not JSON, not UTF-8, missing or of the wrong shape is 422", () =>
  withHost(async ({ call }) => {
    const posts = ENDPOINTS.filter(({ method, operation }) =>
      method === "POST" && !["device", "deviceToken", "revoke", "eventsBatch"].includes(operation)
    );
    for (const { path } of posts) {
      for (
        const body of ["{", "", "nonsense", "[]", "null", '"x"', new Uint8Array([0x22, 0xff, 0x22])]
      ) {
        const { status, at } = await call("POST", path, body);
        assert.equal(status, 422, `${path} ${body}`);
        assert.equal(at("error_code"), "validation_error");
      }
    }
  }));

Deno.test("a body over 8 MiB is 413, however it is sent", () =>
  withHost(async ({ call, raw }) => {
    const large = JSON.stringify({ username: "x".repeat(8 * 1024 * 1024), password: "x" });
    const { status, at } = await call("POST", "/api/v1/token/", large);
    assert.equal(status, 413);
    assert.equal(at("error_code"), "validation_error");
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new Uint8Array(1024 * 1024)),
    });
    const response = await raw(
      new Request("http://127.0.0.1/api/v1/token/", { method: "POST", body: endless }),
    );
    assert.equal(response.status, 413);
    await response.body?.cancel();
  }));

Deno.test("a fault inside is 500 with an id, and says nothing of the inside", () =>
  withHost(async ({ call, store, platform }) => {
    await store.run("DROP TABLE user_links");
    const broken = await call("GET", "/api/v1/tracker/status/?provider=linear&project_slug=x");
    assert.equal(broken.status, 404);
    await store.run("DROP TABLE mappings");
    const fault = await call("GET", "/api/v1/tracker/status/?provider=linear", undefined, {
      "x-request-id": "request-7",
    });
    assert.equal(fault.status, 500);
    assert.equal(fault.at("error_code"), "internal_error");
    assert.equal(fault.at("retryable"), true);
    assert.ok(!JSON.stringify(fault.body).includes("mappings"));
    assert.equal(fault.headers.get("x-request-id"), "request-7");
    assert.match(
      platform.stderr(),
      /^Error in GET .*\(request-7\): (no such table: mappings|relation "mappings" does not exist)\n$/,
    );
  }));

Deno.test("every answer says not to be stored or sniffed, and bears an id without line breaks", () =>
  withHost(async ({ call }) => {
    for (const path of ["/", "/api/v1/me", "/nowhere", "/device"]) {
      const { headers } = await call("GET", path, undefined, { "x-request-id": "a b" });
      assert.equal(headers.get("cache-control"), "no-store");
      assert.equal(headers.get("x-content-type-options"), "nosniff");
      assert.equal(headers.get("referrer-policy"), "no-referrer");
      assert.match(headers.get("x-request-id") ?? "", /^[0-9a-f-]{36}$/);
    }
  }));

Deno.test("a user who asks too much waits, and continues after that; another user is not held up", () =>
  withHost(async (host) => {
    await addUser(host.context, COMMAND_LINE, {
      username: "eve",
      password: "a secret of eve",
      team: "acme",
    });
    const other = await host.as("eve", "a secret of eve", "acme");
    const statuses: number[] = [];
    for (let turn = 0; turn < 4; turn++) {
      statuses.push((await host.call("GET", "/api/v1/me")).status);
    }
    assert.deepEqual(statuses, [200, 200, 200, 429]);
    const limited = await host.call("GET", "/api/v1/me");
    assert.equal(limited.at("error_code"), "rate_limited");
    assert.equal(limited.at("retryable"), true);
    assert.equal(limited.at("retry_after_seconds"), 2);
    assert.equal(limited.headers.get("retry-after"), "2");
    assert.equal((await other.call("GET", "/api/v1/me")).status, 200);
    host.platform.clock.advance(2_000);
    assert.equal((await host.call("GET", "/api/v1/me")).status, 200);
  }, { rateLimit: { burst: 3, perSecond: 0.5 } }));

Deno.test("a client that still sends provider credentials is told that the flow has gone", () =>
  withHost(async ({ call }) => {
    for (const path of ["pull", "push", "run"]) {
      const { status, at } = await call("POST", `/api/v1/tracker/${path}/`, {
        provider: "jira",
        project_slug: "x",
        credentials: { token: "secret" },
      });
      assert.equal(status, 400);
      assert.equal(at("error_code"), "legacy_flow_forbidden");
    }
  }));
