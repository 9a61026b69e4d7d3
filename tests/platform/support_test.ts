import assert from "node:assert/strict";
import { scriptedFetch, type Stub } from "../support/fetch.ts";
import { testClock } from "../support/clock.ts";
import { countingRandom, withPlatform } from "../support/platform.ts";

const GET: Stub = { request: "GET /a?b=1", reply: { status: 200, json: { ok: true } } };

function get(path = "/a?b=1", init?: RequestInit): Request {
  return new Request(`https://host.test${path}`, init);
}

Deno.test("Scripted fetch: the answer is given as written", async () => {
  const network = scriptedFetch([GET, { request: "GET /t", reply: { status: 404, text: "no" } }]);
  const answer = await network.fetch(get());
  assert.equal(answer.headers.get("content-type"), "application/json");
  assert.deepEqual(await answer.json(), { ok: true });
  const other = await network.fetch(get("/t"));
  assert.equal(other.status, 404);
  assert.equal(await other.text(), "no");
  network.assertUsed();
});

Deno.test("Scripted fetch: bytes, headers and own answers are given too", async () => {
  const network = scriptedFetch([
    {
      request: "GET /b",
      reply: { status: 200, bytes: new Uint8Array([255]), headers: { "retry-after": "3" } },
    },
    { request: "POST /c", reply: async (request) => new Response(await request.text()) },
  ]);
  const bytes = await network.fetch(get("/b"));
  assert.equal(bytes.headers.get("retry-after"), "3");
  assert.deepEqual([...new Uint8Array(await bytes.arrayBuffer())], [255]);
  const echo = await network.fetch(get("/c", { method: "POST", body: "again" }));
  assert.equal(await echo.text(), "again");
});

Deno.test("Scripted fetch: a stub that is not used fails the test", () => {
  assert.throws(() => scriptedFetch([GET]).assertUsed(), /GET \/a\?b=1/);
});

Deno.test("Scripted fetch: an unexpected request fails the test, also when it is swallowed", async () => {
  const network = scriptedFetch([]);
  await assert.rejects(network.fetch(get()), /Unexpected request: GET \/a\?b=1/);
  assert.throws(() => network.assertUsed(), /Unexpected request/);
});

Deno.test("Scripted fetch: another method, path, header or body fails", async () => {
  const wrong: readonly (readonly [Partial<Stub>, Request])[] = [
    [{}, get("/other")],
    [{}, get("/a?b=1", { method: "DELETE" })],
    [{ headers: { accept: "text/plain" } }, get()],
    [{ headers: { authorization: /^Bearer ./ } }, get()],
    [{ headers: { authorization: null } }, get("/a?b=1", { headers: { authorization: "x" } })],
    [{ request: "POST /", body: { a: 1 } }, get("/", { method: "POST", body: '{"a":2}' })],
  ];
  for (const [change, request] of wrong) {
    const network = scriptedFetch([{ ...GET, ...change }]);
    await assert.rejects(network.fetch(request));
    assert.throws(() => network.assertUsed());
  }
});

Deno.test("Scripted fetch: right headers and body pass, and are remembered with their time", async () => {
  const clock = testClock();
  const network = scriptedFetch([{
    request: "POST /",
    headers: { authorization: /^Bearer .+/, "x-team": "blue", cookie: null },
    body: { a: 1 },
    reply: { status: 204 },
  }], clock);
  const headers = { authorization: "Bearer t", "x-team": "blue" };
  await network.fetch(get("/", { method: "POST", body: '{"a":1}', headers }));
  network.assertUsed();
  assert.equal(network.requests[0]?.body, '{"a":1}');
  assert.equal(network.requests[0]?.at, clock.now());
});

Deno.test("Scripted fetch: a broken connection fails as Deno's does", async () => {
  const network = scriptedFetch([{ ...GET, reply: { fail: "connection refused" } }]);
  await assert.rejects(network.fetch(get()), TypeError);
});

Deno.test("Scripted fetch: silence lasts until the deadline, without waiting for it", async () => {
  const clock = testClock();
  const network = scriptedFetch([{ ...GET, reply: { hang: true } }], clock);
  const deadline = clock.deadline(30_000);
  const started = clock.monotonic();
  await assert.rejects(network.fetch(get(undefined, { signal: deadline.signal })), {
    name: "TimeoutError",
  });
  assert.equal(clock.monotonic() - started, 30_000);
});

Deno.test("Scripted fetch: silence without a time limit fails the test", async () => {
  const network = scriptedFetch([{ ...GET, reply: { hang: true } }], testClock());
  await assert.rejects(network.fetch(get()), /no time limit/);
});

Deno.test("Test clock: a sleep advances it at once and is remembered", async () => {
  const clock = testClock(1_000);
  await clock.sleep(250);
  assert.equal(clock.now(), 1_250);
  assert.deepEqual(clock.sleeps, [250]);
});

Deno.test("Test clock: deadlines fire in order as time passes, cleared ones do not", () => {
  const clock = testClock();
  const fired: number[] = [];
  for (const ms of [300, 100, 200]) {
    clock.deadline(ms).signal.addEventListener("abort", () => fired.push(ms));
  }
  clock.deadline(150).clear();
  clock.advance(250);
  assert.deepEqual(fired, [100, 200]);
  assert.equal(clock.advanceToDeadline(), true);
  assert.deepEqual(fired, [100, 200, 300]);
  assert.equal(clock.advanceToDeadline(), false);
});

Deno.test("Test clock: setting the wall clock leaves the steady one alone", () => {
  const clock = testClock();
  const before = clock.monotonic();
  clock.setWallTime(0);
  assert.equal(clock.now(), 0);
  assert.equal(clock.monotonic(), before);
});

Deno.test("Test clock: a sleep under an aborted signal rejects", async () => {
  const clock = testClock();
  const deadline = clock.deadline(100);
  await assert.rejects(clock.sleep(500, { signal: deadline.signal }), { name: "TimeoutError" });
  await assert.rejects(clock.sleep(1, { signal: deadline.signal }), { name: "TimeoutError" });
});

Deno.test("Test platform: streams, variables, chance and signals are the test's own", () =>
  withPlatform({ env: { A: "1" }, stdin: "one\ntwo\nrest", columns: 40 }, async (platform) => {
    assert.equal(platform.env.get("A"), "1");
    assert.equal(platform.env.get("HOME"), platform.home);
    assert.equal(platform.env.get("PATH"), undefined);
    platform.setEnv("A", undefined);
    assert.equal(platform.env.get("A"), undefined);
    assert.equal(await platform.terminal.stdin.readLine(), "one");
    assert.equal(await platform.terminal.stdin.readSecret(), "two");
    assert.equal(await platform.terminal.stdin.readAll(), "rest");
    assert.equal(await platform.terminal.stdin.readLine(), null);
    platform.terminal.stdout.write("out");
    platform.terminal.stderr.write("err");
    assert.equal(platform.stdout() + platform.stderr(), "outerr");
    assert.equal(platform.terminal.stdout.columns(), 40);
    assert.equal(platform.terminal.stdout.isTerminal, false);
    let raised = 0;
    const stop = platform.signals.listen("SIGINT", () => raised++);
    platform.raise("SIGINT");
    stop();
    platform.raise("SIGINT");
    assert.equal(raised, 1);
    assert.match(platform.random.uuid(), /^[0-9a-f-]{36}$/);
  }));

Deno.test("Test platform: an unused stub fails the test, and the home is removed", async () => {
  let home = "";
  await assert.rejects(
    withPlatform({ network: [GET] }, (platform) => {
      home = platform.home;
    }),
    /never made/,
  );
  await assert.rejects(Deno.stat(home), Deno.errors.NotFound);
});

Deno.test("Counting chance never repeats itself", () => {
  const random = countingRandom();
  const ids = new Set(Array.from({ length: 1_000 }, () => random.uuid()));
  assert.equal(ids.size, 1_000);
});
