import assert from "node:assert/strict";
import { rateLimitWaitMs } from "../../src/client/authorized.ts";
import { HostedApiError } from "../../src/client/errors.ts";
import { TEST_START } from "../support/clock.ts";
import type { Stub } from "../support/fetch.ts";
import { failing, STATUS, STATUS_REQUEST, withClient } from "./support.ts";
import { errorEnvelope } from "../support/answers.ts";

const ROUTING = { binding_ref: "srm_1" } as const;

function stub(status: number, json: unknown, headers: Stub["headers"] = {}): Stub {
  return { request: STATUS_REQUEST, headers, reply: { status, json } };
}

Deno.test("every call carries token and team as they are when it is made", async () => {
  const headers = { "authorization": "Bearer t1", "x-team-slug": "core" };
  await withClient([stub(200, STATUS, headers)], async ({ client }) => {
    await client.status("linear", ROUTING);
  });
});

Deno.test("without a team the team header is left out", async () => {
  await withClient([stub(200, STATUS, { "x-team-slug": null })], async ({ client }) => {
    await client.status("linear", ROUTING);
  }, { teamSlug: null });
});

Deno.test("a 401 refreshes once and repeats the request once, with the new token", async () => {
  await withClient([
    stub(401, errorEnvelope(401, "unauthorized"), { authorization: "Bearer t1" }),
    stub(200, STATUS, { authorization: "Bearer t2" }),
  ], async ({ client, refreshed, platform }) => {
    assert.equal((await client.status("linear", ROUTING)).sync_state, "idle");
    assert.deepEqual(refreshed, ["t1"]);
    assert.deepEqual(platform.clock.sleeps, []);
  });
});

Deno.test("a second 401 ends the session in these words", async () => {
  await withClient([stub(401, {}), stub(401, {})], async ({ client, refreshed }) => {
    const error = await failing(client.status("linear", ROUTING), "session_expired");
    assert.equal(error.message, "Session expired. Run `tracker auth login`.");
    assert.deepEqual(refreshed, ["t1"]);
  });
});

Deno.test("a repeated write carries the same idempotency key and body", async () => {
  const request = "POST /api/v1/tracker/push/";
  await withClient([
    { request, reply: { status: 401, json: {} } },
    { request, reply: { status: 429, json: {} } },
    { request, reply: { status: 409, json: errorEnvelope(409, "idempotency_conflict") } },
  ], async ({ client, platform }) => {
    await failing(client.push("linear", ROUTING, []), "idempotency_conflict");
    const keys = platform.network.requests.map((seen) => seen.headers.get("idempotency-key"));
    assert.match(keys[0] ?? "", /^[0-9a-f]{8}-[0-9a-f]{4}-4/);
    assert.deepEqual(new Set(keys).size, 1);
    assert.deepEqual(new Set(platform.network.requests.map((seen) => seen.body)).size, 1);
  });
});

Deno.test("a 429 waits for retry_after_seconds and repeats once", async () => {
  await withClient([
    stub(429, errorEnvelope(429, "rate_limited", { retry_after_seconds: 12 })),
    stub(200, STATUS),
  ], async ({ client, platform }) => {
    await client.status("linear", ROUTING);
    assert.deepEqual(platform.clock.sleeps, [12_000]);
  });
});

Deno.test("a second 429 is reported", async () => {
  await withClient([
    stub(429, errorEnvelope(429, "rate_limited")),
    stub(429, errorEnvelope(429, "rate_limited")),
  ], async ({ client, platform }) => {
    const error = await failing(client.status("linear", ROUTING), "rate_limited");
    assert.ok(error instanceof HostedApiError);
    assert.equal(error.statusCode, 429);
    assert.deepEqual(platform.clock.sleeps, [5_000]);
  });
});

for (const status of [401, 403]) {
  Deno.test(`a ${status} that asks a person to act is none of the session's: no refresh, its message`, async () => {
    const bodies = [
      { code: "missing_user_link", message: "Link your account" },
      { error_code: "no_installation", message: "Link your account" },
      { error: { code: "seat", message: "Link your account", user_action_required: true } },
    ];
    for (const body of bodies) {
      await withClient([stub(status, body)], async ({ client, refreshed }) => {
        const error = await client.status("linear", ROUTING).catch((error: unknown) => error);
        assert.ok(error instanceof HostedApiError);
        assert.equal(error.message, "Link your account");
        assert.equal(error.userActionRequired, true);
        assert.match(
          error.nextAction ?? "",
          /^Open the dashboard at https:\/\/tracker\.example, complete/,
        );
        assert.deepEqual(refreshed, []);
      });
    }
  });
}

Deno.test("a 403 that says when to come back is a rate limit: it waits and repeats once", async () => {
  const json = { message: "You have exceeded a secondary rate limit", documentation_url: "x" };
  const limited: Stub = {
    request: STATUS_REQUEST,
    reply: { status: 403, json, headers: { "retry-after": "60" } },
  };
  await withClient([limited, stub(200, STATUS)], async ({ client, platform }) => {
    await client.status("linear", ROUTING);
    assert.deepEqual(platform.clock.sleeps, [60_000]);
  });
  await withClient([limited, limited], async ({ client }) => {
    const error = await failing(client.status("linear", ROUTING), "http_403");
    assert.equal(error.message, json.message);
  });
  await withClient([stub(403, json)], async ({ client, platform }) => {
    await failing(client.status("linear", ROUTING), "http_403");
    assert.deepEqual(platform.clock.sleeps, []);
  });
});

Deno.test("a rate limit of few words is waited for as long as it says", async () => {
  const short = { message: "Slow down", retry_after_seconds: 1 };
  await withClient([stub(429, short), stub(200, STATUS)], async ({ client, platform }) => {
    await client.status("linear", ROUTING);
    assert.deepEqual(platform.clock.sleeps, [1000]);
  });
});

Deno.test("a 429 that is an HTML page is waited out too", async () => {
  await withClient([
    { request: STATUS_REQUEST, reply: { status: 429, text: "<html>slow down</html>" } },
    stub(200, STATUS),
  ], async ({ client, platform }) => {
    await client.status("linear", ROUTING);
    assert.deepEqual(platform.clock.sleeps, [5_000]);
  });
});

Deno.test("a 401 and a 429 in one call are each answered once, in any order", async () => {
  for (const order of [[401, 429], [429, 401]]) {
    const first = order.map((status) => stub(status, {}));
    await withClient([...first, stub(200, STATUS)], async ({ client, platform, refreshed }) => {
      await client.status("linear", ROUTING);
      assert.deepEqual(platform.clock.sleeps, [5_000]);
      assert.deepEqual(refreshed, ["t1"]);
    });
  }
});

Deno.test("giving up while a 429 is waited out is an interruption", async () => {
  await withClient([stub(429, {})], async ({ client, platform }) => {
    const { signal } = platform.clock.deadline(3_000);
    const error = await failing(client.status("linear", ROUTING, { signal }), "interrupted");
    assert.equal(error.exitCode, 130);
    assert.deepEqual(platform.clock.sleeps, [5_000]);
  });
});

Deno.test("a date to wait for is taken by the host's clock, when ours is wrong", () => {
  const headers = new Headers({
    "date": new Date(TEST_START).toUTCString(),
    "retry-after": new Date(TEST_START + 42_000).toUTCString(),
  });
  const answer = { status: 429, headers, body: new Uint8Array() };
  for (const skew of [-86_400_000, 0, 86_400_000]) {
    assert.equal(rateLimitWaitMs(answer, TEST_START + skew), 42_000);
  }
});

Deno.test("the wait of a 429 is read from the envelope, else the header, else it is 5 s; at most 300 s", () => {
  const httpDate = (ms: number) => new Date(TEST_START + ms).toUTCString();
  const cases: [unknown, string | null, number][] = [
    [errorEnvelope(429, "rate_limited", { retry_after_seconds: 3 }), "60", 3_000],
    [errorEnvelope(429, "rate_limited", { retry_after_seconds: 0 }), "60", 0],
    [errorEnvelope(429, "rate_limited"), "60", 60_000],
    [errorEnvelope(429, "rate_limited", { retry_after_seconds: -1 }), null, 5_000],
    [null, " 7 ", 7_000],
    [null, "0", 0],
    [null, httpDate(42_000), 42_000],
    [null, httpDate(-42_000), 0],
    [null, "soon", 5_000],
    [null, null, 5_000],
    [null, "86400", 300_000],
    [null, "-5", 5_000],
    [null, "1e9", 5_000],
    [null, "Sunday, 01-Mar-26 12:00:42 GMT", 42_000],
    [null, "Sun Mar  1 12:00:42 2026 GMT", 42_000],
    [null, "Someday", 5_000],
    [errorEnvelope(429, "rate_limited", { retry_after_seconds: -1 }), "-5", 5_000],
    [errorEnvelope(429, "rate_limited", { retry_after_seconds: 1e9 }), null, 300_000],
  ];
  for (const [body, header, wait] of cases) {
    const headers = new Headers(header === null ? {} : { "retry-after": header });
    const answer = { status: 429, headers, body: new TextEncoder().encode(JSON.stringify(body)) };
    assert.equal(rateLimitWaitMs(answer, TEST_START), wait, `${JSON.stringify(body)} ${header}`);
  }
});
