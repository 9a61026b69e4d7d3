import assert from "node:assert/strict";
import { TIDY_EVERY_MS } from "../../src/server/jobs/cleanup.ts";
import { DEMO } from "../../src/server/mod.ts";
import { type TestHost, withHost } from "./support.ts";

const WEEK_MS = 604_800_000;
const LOGIN = { username: DEMO.username, password: DEMO.password };
const begin = (host: TestHost) =>
  host.call("POST", "/oauth/device", new URLSearchParams({ client_id: "cli_native" }));

/** Rows of every table whose rows expire. */
async function rows({ store }: TestHost): Promise<Record<string, number>> {
  const tables = ["token_families", "access_tokens", "refresh_tokens", "candidate_tokens"];
  const counts: Record<string, number> = {};
  for (const table of [...tables, "device_codes", "operations"]) {
    counts[table] = (await store.all(`SELECT 1 FROM ${table}`)).length;
  }
  return counts;
}

Deno.test("what has expired is forgotten, whether or not anybody signs in", () =>
  withHost(async (host) => {
    await begin(host);
    await host.call("GET", "/api/v1/tracker/resources/?provider=linear");
    assert.equal((await rows(host))["candidate_tokens"], 2);
    host.platform.clock.advance(WEEK_MS);
    await host.host.worker.idle();
    assert.deepEqual(await rows(host), {
      token_families: 0,
      access_tokens: 0,
      refresh_tokens: 0,
      candidate_tokens: 0,
      device_codes: 0,
      operations: 0,
    });
  }));

Deno.test("a session that is only ever refreshed piles up no tokens", () =>
  withHost(async (host) => {
    let refresh = (await host.call("POST", "/api/v1/token/", LOGIN)).text("refresh");
    for (let quarter = 0; quarter < 4 * 24 * 30; quarter++) {
      host.platform.clock.advance(15 * 60_000);
      refresh = (await host.call("POST", "/api/v1/token/refresh/", { refresh })).text("refresh");
    }
    await host.host.worker.idle();
    // What was being tidied as the last quarter passed is tidied once more.
    host.platform.clock.advance(TIDY_EVERY_MS);
    await host.host.worker.idle();
    const { access_tokens, refresh_tokens } = await rows(host);
    assert.ok(access_tokens !== undefined && access_tokens <= 2, `${access_tokens}`);
    assert.ok(refresh_tokens !== undefined && refresh_tokens <= 4 * 24 * 7 + 1);
  }));

Deno.test("device flows that strangers begin and leave are forgotten, though no user signs in", () =>
  withHost(async (host) => {
    for (let day = 0; day < 5; day++) {
      for (let turn = 0; turn < 10; turn++) assert.equal((await begin(host)).status, 200);
      host.platform.clock.advance(25 * 60 * 60_000);
      await host.host.worker.idle();
    }
    await begin(host);
    assert.equal((await rows(host))["device_codes"], 1);
  }));

Deno.test("an operation can be asked for a week after its end, and is forgotten then", () =>
  withHost(async (host) => {
    const routed = {
      provider: "linear",
      binding_ref: await host.bind("linear", "Engineering (ENG)"),
    };
    const start = async () => {
      const prefer = { prefer: "respond-async" };
      const answer = await host.call(
        "POST",
        "/api/v1/tracker/run/",
        { ...routed, limit: 1 },
        prefer,
      );
      return answer.text("operation_id");
    };
    const signIn = async () => {
      const { text } = await host.call("POST", "/api/v1/token/", LOGIN);
      return { authorization: `Bearer ${text("access")}` };
    };
    const old = await start();
    await host.ended(old);
    const state = (headers: Record<string, string>) =>
      host.call("GET", `/api/v1/tracker/operations/${old}/`, undefined, headers);
    host.platform.clock.advance(WEEK_MS - 60_000);
    await host.host.worker.idle();
    assert.equal((await state(await signIn())).at("status"), "completed");
    host.platform.clock.advance(600_000);
    await host.host.worker.idle();
    assert.equal((await state(await signIn())).at("error_code"), "operation_not_found");
  }));
