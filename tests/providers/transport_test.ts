import assert from "node:assert/strict";
import { Budget, type BudgetRules } from "../../src/providers/budget.ts";
import { harmless } from "../../src/providers/harmless.ts";
import { ProviderError } from "../../src/providers/mod.ts";
import {
  callProvider,
  type LoggedCall,
  type ProviderCall,
  retryAfter,
  type Wire,
} from "../../src/providers/transport.ts";
import { TEST_START, type TestClock, testClock } from "../support/clock.ts";
import { type ScriptedFetch, scriptedFetch, type Stub } from "../support/fetch.ts";

const LIST: ProviderCall = { name: "list issues", method: "GET", path: "/issues" };
const CREATE: ProviderCall = {
  name: "create an issue",
  method: "POST",
  path: "/issues",
  body: { title: "ä" },
};

/** Counts as `X-Left` and `X-Reset` say, of a hundred. */
const COUNTED: BudgetRules = {
  writeGapMs: 1_000,
  read(headers) {
    const left = headers.get("x-left");
    if (left === null) return [];
    return [{
      name: "core",
      left: Number(left),
      limit: 100,
      resetsAt: Number(headers.get("x-reset")),
    }];
  },
};

interface Rig {
  readonly wire: Wire;
  readonly network: ScriptedFetch;
  readonly clock: TestClock;
  readonly log: readonly LoggedCall[];
}

function rig(stubs: readonly Stub[], changes: Partial<Wire> = {}): Rig {
  const clock = testClock();
  const network = scriptedFetch(stubs, clock);
  const log: LoggedCall[] = [];
  const wire: Wire = {
    provider: "Example",
    baseUrl: "https://api.example/v3",
    headers: { "Authorization": "Bearer s3cret" },
    fetch: network.fetch,
    clock,
    signal: new AbortController().signal,
    budget: new Budget(clock, COUNTED),
    secrets: ["s3cret"],
    judge: () => null,
    onCall: (call) => log.push(call),
    ...changes,
  };
  return { wire, network, clock, log };
}

async function failureOf(work: Promise<unknown>): Promise<ProviderError> {
  const error = await work.then(() => null, (error: unknown) => error);
  assert.ok(error instanceof ProviderError, String(error));
  return error;
}

Deno.test("a call goes below the base URL, says who asks, and answers with parsed JSON", async () => {
  const { wire, network, log } = rig([{
    request: "GET /v3/issues?since=a+b",
    headers: { "authorization": "Bearer s3cret", "x-api": "1", "if-none-match": null },
    reply: { status: 200, json: [{ id: 1 }], headers: { "etag": '"e"' } },
  }, {
    request: "POST /v3/issues",
    headers: { "content-type": "application/json" },
    body: { title: "ä" },
    reply: { status: 201, json: { id: 2 } },
  }]);
  const call = { ...LIST, query: { since: "a b", absent: undefined }, headers: { "X-Api": "1" } };
  const answer = await callProvider(wire, call);
  assert.deepEqual(answer.body, [{ id: 1 }]);
  assert.equal(answer.headers.get("etag"), '"e"');
  assert.deepEqual((await callProvider(wire, CREATE)).body, { id: 2 });
  network.assertUsed();
  assert.deepEqual(log.map(({ path, status }) => `${path} ${status}`), [
    "/v3/issues 200",
    "/v3/issues 201",
  ]);
});

Deno.test("a form is sent as a form", async () => {
  const { wire, network } = rig([{
    request: "POST /v3/token",
    headers: { "content-type": /^application\/x-www-form-urlencoded/ },
    reply: { status: 200, json: {} },
  }]);
  const form = { grant_type: "client_credentials", scope: "read,write" };
  await callProvider(wire, { name: "get a token", method: "POST", path: "/token", form });
  assert.equal(network.requests[0]?.body, "grant_type=client_credentials&scope=read%2Cwrite");
});

Deno.test("what is known already costs an answer without a body", async () => {
  const { wire } = rig([{
    request: "GET /v3/issues",
    headers: { "if-none-match": '"e"' },
    reply: { status: 304 },
  }]);
  const answer = await callProvider(wire, { ...LIST, etag: '"e"' });
  assert.deepEqual([answer.isUnchanged, answer.body], [true, null]);
});

Deno.test("a read is tried three times, a write goes on the wire once", async () => {
  const down = { request: "GET /v3/issues", reply: { fail: "connection reset" } } as const;
  const { wire, network, clock } = rig([
    down,
    { request: "GET /v3/issues", reply: { status: 502, text: "<html>" } },
    { request: "GET /v3/issues", reply: { status: 200, json: [] } },
  ]);
  assert.deepEqual((await callProvider(wire, LIST)).body, []);
  assert.deepEqual(clock.sleeps, [500, 2_000]);
  network.assertUsed();

  const never = rig([down, down, down]);
  assert.deepEqual((await failureOf(callProvider(never.wire, LIST))).fault, {
    kind: "unreachable",
  });
  never.network.assertUsed();

  for (const reply of [{ fail: "connection reset" }, { status: 502 }] as const) {
    const once = rig([{ request: "POST /v3/issues", reply }]);
    const { fault } = await failureOf(callProvider(once.wire, CREATE));
    assert.equal(fault.kind, "fail" in reply ? "unreachable" : "failing");
    once.network.assertUsed();
  }

  const query = { ...CREATE, isRead: true };
  const asked = rig([
    { request: "POST /v3/issues", reply: { fail: "connection reset" } },
    { request: "POST /v3/issues", reply: { status: 200, json: {} } },
  ]);
  await callProvider(asked.wire, query);
  asked.network.assertUsed();
});

Deno.test("only what may be repeated is allowed to use a connection again", async () => {
  const allowed: (boolean | undefined)[] = [];
  const { wire } = rig([], {
    fetch: (_request, options) => {
      allowed.push(options?.mayRepeat);
      return Promise.resolve(new Response("{}"));
    },
  });
  await callProvider(wire, LIST);
  await callProvider(wire, CREATE);
  await callProvider(wire, { ...CREATE, isRead: true });
  assert.deepEqual(allowed, [true, false, true]);
});

Deno.test("silence is given up after 30 seconds, and said", async () => {
  const hang = { request: "POST /v3/issues", reply: { hang: true } } as const;
  const { wire, clock, log } = rig([hang]);
  const failure = await failureOf(callProvider(wire, CREATE));
  assert.equal(
    failure.message,
    'Example at https://api.example did not answer "create an issue" within 30 seconds',
  );
  assert.equal(clock.now() - TEST_START, 30_000);
  assert.equal(log[0]?.status, null);
});

Deno.test("a body that never ends in time is given up, too", async () => {
  const { wire, clock } = rig([{
    request: "POST /v3/issues",
    reply: () => {
      queueMicrotask(() => clock.advance(30_000));
      return new Response(
        new ReadableStream({ start: (stream) => stream.enqueue(new Uint8Array(1)) }),
      );
    },
  }]);
  assert.equal((await failureOf(callProvider(wire, CREATE))).fault.kind, "unreachable");
});

Deno.test("who waits no more gets the reason, not a fault of the provider", async () => {
  const controller = new AbortController();
  const { wire } = rig([{
    request: "GET /v3/issues",
    reply: (request) => {
      controller.abort(new Error("stopped"));
      throw request.signal.reason;
    },
  }], { signal: controller.signal });
  await assert.rejects(callProvider(wire, LIST), { message: "stopped" });
});

Deno.test("a redirect is followed on the same origin only, a write only as the same write", async () => {
  const moved = (location: string, status = 301) => ({ status, headers: { location } }) as const;
  const { wire, network } = rig([
    { request: "GET /v3/issues", reply: moved("/v3/repositories/7/issues") },
    { request: "GET /v3/repositories/7/issues", reply: { status: 200, json: [7] } },
    { request: "POST /v3/issues", reply: moved("https://api.example/v3/new", 308) },
    { request: "POST /v3/new", body: { title: "ä" }, reply: { status: 201, json: 8 } },
  ]);
  assert.deepEqual((await callProvider(wire, LIST)).body, [7]);
  assert.equal((await callProvider(wire, CREATE)).body, 8);
  network.assertUsed();

  const away = rig([{ request: "POST /v3/issues", reply: moved("https://evil.example/", 307) }]);
  assert.match(
    (await failureOf(callProvider(away.wire, CREATE))).message,
    /redirected "create an issue" to https:\/\/evil\.example/,
  );
  const other = rig([{ request: "POST /v3/issues", reply: moved("/v3/new", 302) }]);
  assert.deepEqual((await failureOf(callProvider(other.wire, CREATE))).fault, {
    kind: "rejected",
    code: "http_302",
  });
  const loop = { request: "POST /v3/issues", reply: moved("/v3/issues", 307) };
  const endless = rig(Array.from({ length: 6 }, () => loop));
  assert.match((await failureOf(callProvider(endless.wire, CREATE))).message, /too often/);
  endless.network.assertUsed();
});

Deno.test("the next page may be a whole URL, of the same origin only", async () => {
  const next = { ...LIST, path: "https://api.example/v3/issues?page=2" };
  const { wire } = rig([{ request: "GET /v3/issues?page=2", reply: { status: 200, json: [] } }]);
  await callProvider(wire, next);
  for (
    const path of ["https://evil.example/v3/issues", "http://api.example/v3/issues", "//x", "?"]
  ) {
    const { network, wire } = rig([]);
    const work = callProvider(wire, { ...CREATE, path });
    if (path === "//x") await assert.rejects(work, /Unexpected request|did not answer/);
    else assert.match((await failureOf(work)).message, /named an address outside/);
    assert.ok(network.requests.every(({ url }) => url.startsWith("https://api.example/")));
  }
});

Deno.test("answers are bounded and must be JSON", async () => {
  const long = rig([{
    request: "POST /v3/issues",
    reply: { status: 200, text: "x", headers: { "content-length": "33554433" } },
  }]);
  assert.match((await failureOf(callProvider(long.wire, CREATE))).message, /more than 32 MiB/);
  const page = rig([{ request: "POST /v3/issues", reply: { status: 200, text: "<html>" } }]);
  assert.match((await failureOf(callProvider(page.wire, CREATE))).message, /what is not JSON/);
  const empty = rig([{ request: "POST /v3/issues", reply: { status: 204 } }]);
  assert.equal((await callProvider(empty.wire, CREATE)).body, null);
});

Deno.test("what an answer means is told by its status, with the provider's words made harmless", async () => {
  const answered = async (status: number, json: unknown) => {
    const { wire } = rig([{ request: "POST /v3/issues", reply: { status, json } }]);
    return await failureOf(callProvider(wire, CREATE));
  };
  assert.deepEqual((await answered(401, {})).fault, { kind: "refused" });
  assert.deepEqual((await answered(500, {})).fault, { kind: "failing" });
  assert.deepEqual((await answered(408, {})).fault, { kind: "failing" });
  const rejected = await answered(422, { message: "No\u001b[2J s3cret\n\u202ehere" });
  assert.deepEqual(rejected.fault, { kind: "rejected", code: "http_422" });
  assert.equal(
    rejected.message,
    'Example answered "create an issue" with 422: No [2J [secret] here',
  );
  assert.match((await answered(404, { error: "Nothing" })).message, /with 404: Nothing$/);
  assert.match((await answered(404, [])).message, /with 404$/);
  assert.equal(harmless("x".repeat(400), []).length, 301);
});

Deno.test("a provider's own terms come first", async () => {
  const until = TEST_START + 90_000;
  const { wire } = rig([{ request: "POST /v3/issues", reply: { status: 400, json: {} } }], {
    judge: ({ status }) =>
      status === 400 ? new ProviderError({ kind: "limited", until }, "complexity") : null,
  });
  assert.equal((await failureOf(callProvider(wire, CREATE))).message, "complexity");
  // And nothing more is asked until then.
  assert.deepEqual((await failureOf(callProvider(wire, CREATE))).fault, { kind: "limited", until });
});

Deno.test("a limit of which an answer tells closes the connection until it ends", async () => {
  const cases = [
    [429, { "retry-after": "7" }, 7_000],
    [403, { "retry-after": "60" }, 60_000],
    [503, { "retry-after": new Date(TEST_START + 5_000).toUTCString() }, 5_000],
    [429, {}, 60_000],
    [429, { "retry-after": "soon" }, 60_000],
    [429, { "retry-after": "999999999" }, 24 * 60 * 60_000],
  ] as const;
  for (const [status, headers, ms] of cases) {
    const { wire, network, clock } = rig([
      { request: "POST /v3/issues", reply: { status, headers } },
      { request: "POST /v3/issues", reply: { status: 201, json: {} } },
    ]);
    const { fault } = await failureOf(callProvider(wire, CREATE));
    assert.deepEqual(fault, { kind: "limited", until: TEST_START + ms }, `${status}`);
    assert.equal((await failureOf(callProvider(wire, LIST))).fault.kind, "limited");
    clock.advance(ms);
    await callProvider(wire, CREATE);
    network.assertUsed();
  }
  assert.equal(retryAfter(new Headers(), 0), null);
  assert.equal(
    retryAfter(new Headers({ "retry-after": "-3" }), 5_000_000_000_000),
    5_000_000_000_000,
  );
});

Deno.test("the provider's own count stops calls before it is used up, and starts them when it begins again", async () => {
  const resetsAt = TEST_START + 10_000;
  const headers = (left: number) => ({ "x-left": String(left), "x-reset": String(resetsAt) });
  const { wire, network, clock } = rig([
    { request: "GET /v3/issues", reply: { status: 200, json: [], headers: headers(3) } },
    { request: "GET /v3/issues", reply: { status: 200, json: [], headers: headers(2) } },
    { request: "GET /v3/issues", reply: { status: 200, json: [] } },
  ]);
  await callProvider(wire, LIST);
  await callProvider(wire, LIST);
  assert.deepEqual(wire.budget.tightest, { name: "core", left: 2, limit: 100, resetsAt });
  assert.deepEqual((await failureOf(callProvider(wire, LIST))).fault, {
    kind: "limited",
    until: resetsAt,
  });
  clock.advance(10_000);
  assert.equal(wire.budget.tightest, null);
  await callProvider(wire, LIST);
  network.assertUsed();
});

Deno.test("writes keep their distance, also when they come at once; reads do not wait", async () => {
  const stubs = Array.from({ length: 3 }, () => ({
    request: "POST /v3/issues",
    reply: { status: 201, json: {} },
  }));
  const { wire, network, clock } = rig([
    ...stubs,
    { request: "GET /v3/issues", reply: { status: 200, json: [] } },
  ]);
  await Promise.all(stubs.map(() => callProvider(wire, CREATE)));
  // The test's clock passes over each wait at once, so what counts is how long each was to be.
  assert.deepEqual(clock.sleeps, [1_000, 1_000]);
  await callProvider(wire, LIST);
  assert.deepEqual(clock.sleeps, [1_000, 1_000]);
  network.assertUsed();
});
