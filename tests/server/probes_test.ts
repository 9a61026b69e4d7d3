import assert from "node:assert/strict";
import { METRICS } from "../../src/server/metrics/host_metrics.ts";
import { insertRow } from "../../src/server/store/insert.ts";
import { type TestHost, withHost } from "./support.ts";

const BASE = "http://127.0.0.1:8080";
/** What a probe asks the database. */
const PROBE = "SELECT 1";

async function read(host: TestHost, path: string): Promise<{ status: number; text: string }> {
  const answer = await host.raw(new Request(`${BASE}${path}`));
  return { status: answer.status, text: await answer.text() };
}

async function metrics(host: TestHost): Promise<string> {
  const answer = await host.host.probe(new Request(`${BASE}/metrics`), { remoteAddress: "::1" });
  assert.equal(answer.status, 200);
  return await answer.text();
}

/** Returns the value of a series by its name with its labels, as in the text. */
function value(text: string, series: string): number {
  const line = text.split("\n").find((one) => one.startsWith(`${series} `));
  assert.ok(line !== undefined, `no ${series} in\n${text}`);
  return Number(line.slice(series.length + 1));
}

Deno.test("a host is alive and ready without a sign-in, with or without a slash", () =>
  withHost(async (host) => {
    for (const path of ["/healthz", "/healthz/", "/readyz", "/readyz/"]) {
      assert.equal((await read(host, path)).status, 200, path);
    }
    const head = await host.raw(new Request(`${BASE}/readyz`, { method: "HEAD" }));
    assert.equal(head.status, 200);
    assert.equal((await host.raw(new Request(`${BASE}/readyz`, { method: "POST" }))).status, 405);
  }));

Deno.test("a listener of probes takes their calls and no others, and says what it takes", () =>
  withHost(async ({ host }) => {
    const ask = async (path: string, init?: RequestInit) => {
      const request = new Request(`${BASE}${path}`, init);
      const answer = await host.probe(request, { remoteAddress: "::1" });
      return [answer.status, answer.headers.get("allow"), (await answer.json()).message];
    };
    assert.deepEqual(await ask("/projects"), [404, null, 'No call at "/projects"']);
    assert.deepEqual(await ask("/api/v1/me"), [404, null, 'No call at "/api/v1/me"']);
    const posted = await ask("/readyz", { method: "POST" });
    assert.deepEqual(posted, [405, "GET", '"/readyz" does not take POST']);
  }));

Deno.test("a host that stops is alive and not ready, and says why", () =>
  withHost(async (host) => {
    host.host.condition.isStopping = true;
    assert.equal((await read(host, "/healthz")).status, 200);
    assert.deepEqual(await read(host, "/readyz"), { status: 503, text: "The host is stopping\n" });
    assert.equal(value(await metrics(host), "tracker_ready"), 0);
  }));

Deno.test("a database that fails makes the host not ready, and leaves it its other figures", () =>
  withHost(async (host) => {
    host.store.one = () => Promise.reject(new Error("no such table at /srv/secret.db"));
    assert.equal((await read(host, "/healthz")).status, 200);
    const ready = await read(host, "/readyz");
    assert.deepEqual(ready, { status: 503, text: "The database cannot be read\n" });
    const text = await metrics(host);
    assert.equal(value(text, "tracker_store_up"), 0);
    assert.ok(value(text, "process_resident_memory_bytes") > 1_000_000);
  }));

Deno.test("a database that does not answer is waited for two seconds, by all probes together", () =>
  withHost(async (host) => {
    let asked = 0;
    const { one } = host.store;
    // Only the question of the probes stays without an answer: the host's own work could not end before it closes.
    host.store.one = (...query) => {
      if (query[0] !== PROBE) return one.apply(host.store, query);
      asked += 1;
      return new Promise(() => {});
    };
    let arrived = 0;
    Object.defineProperty(host.host.condition, "isStopping", {
      get() {
        arrived += 1;
        return false;
      },
    });
    const answers = [read(host, "/readyz"), read(host, "/readyz"), read(host, "/readyz")];
    // All three wait for the one question before its time is over.
    while (arrived < 3) await new Promise((next) => setTimeout(next, 0));
    host.platform.clock.advance(2_000);
    for (const { status, text } of await Promise.all(answers)) {
      assert.equal(status, 503);
      assert.equal(text, "The database does not answer within 2 s\n");
    }
    assert.equal(asked, 1);
  }));

Deno.test("a crowd of probes is not limited, and asks the database once a second", () =>
  withHost(async (host) => {
    let asked = 0;
    const { one } = host.store;
    host.store.one = (...query) => {
      if (query[0] === PROBE) asked += 1;
      return one.apply(host.store, query);
    };
    for (let turn = 0; turn < 100; turn++) {
      assert.equal((await read(host, "/readyz")).status, 200);
    }
    assert.equal(asked, 1);
    host.platform.clock.advance(1_001);
    await read(host, "/readyz");
    assert.equal(asked, 2);
  }, { rateLimit: { burst: 3, perSecond: 0.001 } }));

Deno.test("figures at the host's own address are for admins", () =>
  withHost(async (host) => {
    const become = (role: string) =>
      host.store.transaction((tx) => tx.run("UPDATE members SET role = ?", role));
    await become("member");
    assert.equal((await host.call("GET", "/metrics")).status, 403);
    const strange = await host.call("GET", "/metrics", undefined, { authorization: null });
    assert.equal(strange.status, 401);
    await become("admin");
    const { status, body, headers } = await host.call("GET", "/metrics");
    assert.equal(status, 200);
    assert.match(String(body), /^# HELP tracker_build_info /);
    assert.equal(headers.get("content-type"), "text/plain; version=0.0.4; charset=utf-8");
  }, { dev: false, dataDir: Deno.makeTempDirSync({ prefix: "tracker-host-" }) }));

Deno.test("requests are counted by the name of their call and their status, never by path", () =>
  withHost(async (host) => {
    await host.call("GET", "/api/v1/tracker/operations/op_1/");
    await host.call("GET", "/api/v1/tracker/operations/op_2");
    for (const path of ["/a", "/b", "/oauth/../x", "/api/v1/tracker/nothing/"]) {
      await read(host, path);
    }
    await host.call("POST", "/api/v1/tracker/push/", "{");
    const text = await metrics(host);
    const requests = (call: string, status: number) =>
      value(text, `tracker_http_requests_total{call="${call}",status="${status}"}`);
    assert.equal(requests("operation", 404), 2);
    assert.equal(requests("unknown", 404), 4);
    assert.equal(requests("token", 200), 1);
    assert.equal(requests("push", 422), 1);
    assert.equal(value(text, 'tracker_http_errors_total{code="operation_not_found"}'), 2);
    assert.equal(value(text, 'tracker_http_request_duration_seconds_count{call="operation"}'), 2);
    assert.equal(
      value(text, 'tracker_http_request_duration_seconds_bucket{call="operation",le="+Inf"}'),
      2,
    );
    assert.doesNotMatch(text, /op_1|nothing|demo@|acme|Bearer/);
    assert.equal(value(text, "tracker_http_requests_in_flight"), 0);
  }));

Deno.test("wrong passwords and calls that come too often are counted", () =>
  withHost(async (host) => {
    const wrong = { username: "demo@example.com", password: "wrong" };
    for (let turn = 0; turn < 2; turn++) await host.call("POST", "/api/v1/token/", wrong);
    for (let turn = 0; turn < 3; turn++) await host.call("GET", "/api/v1/me");
    const text = await metrics(host);
    assert.equal(value(text, 'tracker_sign_in_failures_total{call="token"}'), 2);
    assert.equal(value(text, 'tracker_limits_hit_total{limit="rate"}'), 1);
  }, { rateLimit: { burst: 2, perSecond: 0.001 } }));

Deno.test("jobs, the outbox and the budgets of connections are figures of the database", () =>
  withHost(async (host) => {
    const now = host.platform.clock.now();
    const { id: resource, installation_id: installation } = await host.store.one(
      `SELECT r.id AS id, installation_id FROM resources r
       JOIN installations i ON i.id = r.installation_id WHERE i.provider = 'linear'`,
    ) ?? assert.fail();
    const { team_id: team } = await host.store.one(
      "SELECT team_id FROM installations WHERE id = ?",
      String(installation),
    ) ?? assert.fail();
    await host.store.transaction(async (tx) => {
      const job = { kind: "deliver", state: "open", attempt: 0, created_at: now };
      await insertRow(tx, "jobs", { ...job, id: "j1", key: "a", run_at: now - 7_000 });
      await insertRow(tx, "jobs", { ...job, id: "j2", key: "b", run_at: now - 3_000 });
      const leased = { lease_owner: "x", lease_until: now + 9_000 };
      await insertRow(tx, "jobs", { ...job, ...leased, id: "j3", key: "c", run_at: now - 1_000 });
      await insertRow(tx, "jobs", { ...job, id: "j4", key: "d", state: "done", run_at: 0 });
      const item = {
        resource_id: String(resource),
        connection_id: "c1",
        external_id: "1",
        item: "{}",
      };
      const times = { place: 0, attempt: 0, created_at: now - 5_000 };
      await insertRow(tx, "outbox", { ...item, ...times, state: "waiting" });
      await insertRow(tx, "outbox", { ...item, ...times, state: "delivered" });
      await insertRow(tx, "connections", {
        id: "c1",
        team_id: String(team),
        installation_id: String(installation),
        name: "linear",
        base_url: "https://api.linear.app/graphql",
        credential_kind: "token",
        credential: "secret-credential",
        made_at: now,
        state: "limited",
        budget_left: 42,
      });
    });
    const text = await metrics(host);
    assert.equal(value(text, 'tracker_jobs{kind="deliver",state="waiting"}'), 2);
    assert.equal(value(text, 'tracker_jobs{kind="deliver",state="running"}'), 1);
    assert.equal(value(text, 'tracker_jobs_oldest_due_seconds{kind="deliver"}'), 7);
    assert.equal(value(text, 'tracker_outbox_items{provider="linear"}'), 1);
    assert.equal(value(text, 'tracker_outbox_oldest_seconds{provider="linear"}'), 5);
    assert.equal(value(text, 'tracker_provider_connections{provider="linear",state="limited"}'), 1);
    assert.equal(
      value(text, 'tracker_provider_budget_left{provider="linear",connection="c1"}'),
      42,
    );
    assert.doesNotMatch(text, /secret-credential/);
  }));

Deno.test("every metric is in the text once, with its help and its type", () =>
  withHost(async (host) => {
    const text = await metrics(host);
    for (const { name, type } of Object.values(METRICS)) {
      assert.equal(text.split(`# TYPE ${name} ${type}\n`).length, 2, name);
      assert.equal(text.split(`# HELP ${name} `).length, 2, name);
    }
  }));
