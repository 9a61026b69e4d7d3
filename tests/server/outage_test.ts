/** A database that is away and comes back, as callers and the operator see it. */
import assert from "node:assert/strict";
import { systemClock } from "../../src/platform/clock.ts";
import { systemRandom } from "../../src/platform/random.ts";
import { TrackerError } from "../../src/platform/tracker_error.ts";
import { DEMO, openHost } from "../../src/server/mod.ts";
import { tellingOutages } from "../../src/server/store/outages.ts";
import { IN_MEMORY, openSqliteStore } from "../../src/server/store/sqlite.ts";
import { testClock } from "../support/clock.ts";
import { testPlatform } from "../support/platform.ts";
import { withServer } from "./postgres_support.ts";
import { identity, signedIn, type TestHost } from "./support.ts";

const BASE = "http://127.0.0.1:8080";

async function probe({ raw }: TestHost, path: string): Promise<number> {
  const answer = await raw(new Request(`${BASE}${path}`));
  await answer.body?.cancel();
  return answer.status;
}

function createIn(binding_ref: string, id: string) {
  const ref = { system: "linear", workspace: "acme", id };
  return {
    provider: "linear",
    binding_ref,
    items: [{ ref, action: "create", patch: { title: id } }],
  };
}

Deno.test("while PostgreSQL is away each call is told to come again, the log says it once, and the host is back by itself", () =>
  withServer(async (server) => {
    const platform = { ...testPlatform("/nowhere"), random: systemRandom() };
    // What waits for the database waits for it, and no hours pass meanwhile.
    platform.clock.sleep = (ms, options) => systemClock().sleep(Math.min(ms, 20), options);
    const host = await openHost({ platform, dev: true, databaseUrl: server.url });
    try {
      const user = await signedIn(platform, host, DEMO.username, DEMO.password, DEMO.team);
      const binding_ref = await user.bind("linear", "Engineering (ENG)");
      const push = (id: string, headers = {}) =>
        user.call("POST", "/api/v1/tracker/push/", createIn(binding_ref, id), headers);
      assert.equal((await push("WP1")).status, 200);
      assert.equal(await probe(user, "/readyz"), 200);
      assert.equal(platform.stderr(), "");

      await server.halt();
      const refused = await Promise.all([
        ...Array.from({ length: 30 }, () => user.call("GET", "/api/v1/me")),
        push("WP2"),
        push("WP2", { prefer: "respond-async" }),
        user.call("POST", "/api/v1/tracker/pull/", { provider: "linear", binding_ref }),
        user.call("POST", "/api/v1/token/", { username: DEMO.username, password: DEMO.password }),
        user.call("POST", "/api/v1/tracker/bind-resolve/", {
          provider: "linear",
          project_identity: identity("another"),
        }),
      ]);
      for (const answer of refused) {
        assert.equal(answer.status, 503, JSON.stringify(answer.body));
        assert.equal(answer.headers.get("retry-after"), "5");
        assert.equal(answer.at("error_code"), "internal_error");
        assert.equal(answer.at("retryable"), true);
        assert.equal(answer.at("retry_after_seconds"), 5);
        assert.equal(answer.at("message"), "The host cannot use its database. Try again in 5 s.");
      }
      const headers = { accept: "text/html", cookie: `tracker-session-8080=${"a".repeat(43)}` };
      const page = await user.raw(new Request(`${BASE}/projects`, { headers }));
      assert.equal(page.status, 503);
      assert.match(await page.text(), /Not available now.*cannot use its database/s);
      assert.equal(await probe(user, "/healthz"), 200);
      platform.clock.advance(1_001);
      assert.equal(await probe(user, "/readyz"), 503);
      const told = platform.stderr();
      assert.match(told, /^The database cannot be used: .*\n$/);

      await server.resume();
      platform.clock.advance(1_001);
      assert.equal(await probe(user, "/readyz"), 200);
      assert.equal((await push("WP2")).status, 200);
      const accepted = await push("WP3", { prefer: "respond-async" });
      const ended = await user.ended(accepted.text("operation_id"));
      assert.equal(ended.at("result.items.0.outcome"), "created");
      assert.match(
        platform.stderr().slice(told.length),
        /^The database can be used again, after \d+ s\n$/,
      );
    } finally {
      await host.close();
    }
  }, { settings: ["synchronous_commit=on"] }));

Deno.test("an outage is told at its first fault, and its end by what was asked after the last one", async () => {
  const clock = testClock();
  const store = await openSqliteStore(testPlatform("/nowhere"), IN_MEMORY);
  const told: string[] = [];
  const watched = tellingOutages(store, clock, {
    began: (reason) => told.push(reason),
    ended: (ms) => told.push(`${ms} ms`),
  });
  const ask = () => watched.one("SELECT 1 AS n");
  const { one } = store;
  const early = Promise.withResolvers<null>();
  store.one = () => early.promise;
  const before = ask();
  const away = new TrackerError({ code: "database_unreachable", message: "Away" });
  store.one = () => Promise.reject(away);
  await assert.rejects(ask(), away);
  await assert.rejects(ask(), away);
  early.resolve(null);
  await before;
  assert.deepEqual(told, ["Away"]);
  clock.advance(3_000);
  store.one = one;
  assert.equal((await ask())?.["n"], 1);
  assert.deepEqual(told, ["Away", "3000 ms"]);

  const failTwice = async () => {
    store.one = () => Promise.reject(away);
    await assert.rejects(ask(), away);
    store.one = one;
    await assert.rejects(watched.one("SELECT wrong"), /no such column/);
  };
  await failTwice();
  await ask();
  assert.equal(told.length, 2, "what comes and goes is told now and then only");
  clock.advance(8_000);
  await failTwice();
  assert.deepEqual(told.slice(2), ["Away"]);
  await ask();
  assert.deepEqual(told.slice(3), ["0 ms"]);
  await watched.close();
});
