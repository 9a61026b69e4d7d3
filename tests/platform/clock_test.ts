import assert from "node:assert/strict";
import { isoTime, systemClock, timeoutError } from "../../src/platform/clock.ts";

const clock = systemClock();

Deno.test("Wall time is the system's, steady time never goes back", () => {
  assert.ok(Math.abs(clock.now() - Date.now()) < 1_000);
  const first = clock.monotonic();
  assert.ok(clock.monotonic() >= first);
});

Deno.test("A sleep ends after its time", async () => {
  const started = performance.now();
  await clock.sleep(5, { signal: new AbortController().signal });
  assert.ok(performance.now() - started >= 4);
});

Deno.test("A sleep that is given up rejects with the reason, and leaves no timer behind", async () => {
  const reason = new Error("Interrupted");
  const before = new AbortController();
  before.abort(reason);
  await assert.rejects(clock.sleep(60_000, { signal: before.signal }), reason);

  const during = new AbortController();
  const sleeping = clock.sleep(60_000, { signal: during.signal });
  during.abort(reason);
  await assert.rejects(sleeping, reason);
});

Deno.test("A sleep of no time lets what has come be answered", async () => {
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    () => new Response("here"),
  );
  const said: string[] = [];
  const asked = fetch(`http://127.0.0.1:${server.addr.port}/`)
    .then(async (answer) => void said.push(await answer.text()));
  // Without turns for others this would never end.
  while (said.length === 0) await clock.sleep(0);
  await asked;
  assert.deepEqual(said, ["here"]);
  const reason = new Error("Interrupted");
  await assert.rejects(clock.sleep(0, { signal: AbortSignal.abort(reason) }), reason);
});

Deno.test("A sleep or deadline of months, as a host may ask for, does not end at once", async () => {
  const giveUp = new AbortController();
  let slept = false;
  const sleeping = clock.sleep(2 ** 40, { signal: giveUp.signal }).then(() => slept = true);
  const deadline = clock.deadline(2 ** 40);
  await clock.sleep(10);
  assert.deepEqual([slept, deadline.signal.aborted], [false, false]);
  deadline.clear();
  giveUp.abort(new Error("Interrupted"));
  await assert.rejects(sleeping, /Interrupted/);
});

Deno.test("The deadlines and pauses of a short command do without setTimeout", async () => {
  const given = Object.getOwnPropertyDescriptor(globalThis, "setTimeout") ?? {};
  const short = systemClock();
  const mentioned = () => {
    throw new Error("setTimeout was mentioned");
  };
  Object.defineProperty(globalThis, "setTimeout", { ...given, get: mentioned });
  try {
    const deadline = short.deadline(60_000);
    await short.sleep(2, { signal: deadline.signal });
    deadline.clear();
  } finally {
    Object.defineProperty(globalThis, "setTimeout", given);
  }
});

Deno.test("Every deadline of a process that sets many ends, and none that is cleared", async () => {
  const busy = systemClock();
  const cleared = Array.from({ length: 100 }, () => {
    const deadline = busy.deadline(1);
    deadline.clear();
    return deadline;
  });
  const ended = systemClock();
  const deadlines = Array.from({ length: 100 }, () => ended.deadline(1));
  const alive = setInterval(() => {}, 1_000);
  await Promise.all(
    deadlines.map(({ signal }) => new Promise((end) => signal.addEventListener("abort", end))),
  );
  clearInterval(alive);
  assert.ok(deadlines.every(({ signal }) => signal.reason.name === "TimeoutError"));
  assert.deepEqual(cleared.filter(({ signal }) => signal.aborted), []);
});

Deno.test("A deadline aborts with a timeout that says how long it was", async () => {
  const deadline = clock.deadline(1);
  // The deadline itself must not keep a program alive; this test has to wait for it.
  const alive = setInterval(() => {}, 1_000);
  await new Promise((resolve) => deadline.signal.addEventListener("abort", resolve));
  clearInterval(alive);
  assert.equal(deadline.signal.reason.name, "TimeoutError");
  assert.equal(deadline.signal.reason.message, "Timed out after 1 ms");
});

Deno.test("A cleared deadline never aborts", async () => {
  const deadline = clock.deadline(1);
  deadline.clear();
  await clock.sleep(5);
  assert.equal(deadline.signal.aborted, false);
});

Deno.test("A pending deadline does not keep the program alive", async () => {
  const module = new URL("../../src/platform/clock.ts", import.meta.url).href;
  const source = `import { systemClock } from ${
    JSON.stringify(module)
  }; systemClock().deadline(60000)`;
  const { code } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", source],
    signal: AbortSignal.timeout(30_000),
  }).output();
  assert.equal(code, 0);
});

Deno.test("Times are written in UTC with milliseconds", () => {
  assert.equal(isoTime(0), "1970-01-01T00:00:00.000Z");
  assert.equal(isoTime(Date.UTC(2026, 2, 1, 12, 0, 0, 7)), "2026-03-01T12:00:00.007Z");
  assert.ok(timeoutError(3) instanceof DOMException);
});
