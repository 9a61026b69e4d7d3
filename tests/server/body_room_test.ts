import assert from "node:assert/strict";
import fc from "../support/properties.ts";
import { BodyRoom } from "../../src/server/http/body_room.ts";
import { testClock } from "../support/clock.ts";
import { type TestHost, withHost } from "./support.ts";

const LIMITS = { bytes: 100, perSender: 60, waiting: 2, waitMs: 1_000 };

async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}

Deno.test("a body waits until there is room, and those behind it do not overtake it", async () => {
  const room = new BodyRoom(testClock(), LIMITS);
  const leave = await room.take("a", 60);
  const order: string[] = [];
  const second = room.take("b", 60).then(() => order.push("b"));
  const third = room.take("c", 10).then(() => order.push("c"));
  await settle();
  assert.deepEqual(order, []);
  leave?.();
  await Promise.all([second, third]);
  assert.deepEqual(order, ["b", "c"]);
  assert.equal(room.taken, 70);
});

Deno.test("a sender with a full share waits for itself and holds up no other", async () => {
  const room = new BodyRoom(testClock(), LIMITS);
  const leave = await room.take("a", 50);
  const own = room.take("a", 50);
  assert.notEqual(await room.take("b", 40), null);
  leave?.();
  assert.notEqual(await own, null);
});

Deno.test("a body that waits too long, or behind too many, finds no room", async () => {
  const clock = testClock();
  const room = new BodyRoom(clock, LIMITS);
  const leave = await room.take("a", 60);
  const waiting = [room.take("b", 60), room.take("c", 60)];
  assert.equal(await room.take("d", 60), null);
  clock.advance(1_000);
  assert.deepEqual(await Promise.all(waiting), [null, null]);
  leave?.();
  leave?.();
  assert.equal(room.taken, 0);
});

Deno.test("whatever comes and goes, room is kept to its limits and comes back whole", () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.record({
          sender: fc.constantFrom("a", "b", "c"),
          bytes: fc.integer({ min: 1, max: 200 }),
        }),
        {
          maxLength: 30,
        },
      ),
      async (bodies) => {
        const room = new BodyRoom(testClock(), { ...LIMITS, waiting: 100 });
        const inside: (() => void)[] = [];
        const entered = bodies.map(async ({ sender, bytes }) => {
          const leave = await room.take(sender, bytes);
          assert.notEqual(leave, null);
          inside.push(leave ?? assert.fail());
          assert.ok(room.taken <= LIMITS.bytes);
        });
        let left = bodies.length;
        while (left > 0) {
          await settle();
          const leave = inside.shift() ?? assert.fail("no body is inside, and some wait");
          leave();
          left -= 1;
        }
        await Promise.all(entered);
        assert.equal(room.taken, 0);
      },
    ),
  ));

/** A push of so many bytes that begins and does not end until it is told to. */
function heldPush(host: TestHost, bytes: number): { answer: Promise<Response>; end: () => void } {
  const ending = Promise.withResolvers<void>();
  const chunk = new Uint8Array(128 * 1024).fill(32);
  let begun = false;
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      if (!begun) {
        begun = true;
        return controller.enqueue(chunk);
      }
      await ending.promise;
      controller.close();
    },
  });
  const headers = { ...host.headers, "content-length": String(bytes) };
  const url = "http://127.0.0.1:8080/api/v1/tracker/pull/";
  const request = new Request(url, { method: "POST", headers, body });
  return { answer: host.raw(request), end: ending.resolve };
}

Deno.test("of many large bodies at once a few are read, and the others are told to come again", () =>
  withHost(async (host) => {
    const mebibytes8 = 8 * 1024 * 1024;
    const pushes = Array.from({ length: 12 }, () => heldPush(host, mebibytes8));
    const { bodies } = host.host.rooms;
    // One user has 64 MiB of the room.
    while (bodies.waiting < 4) await new Promise((resolve) => setTimeout(resolve, 5));
    assert.equal(bodies.taken, 64 * 1024 * 1024);
    host.platform.clock.advance(10_000);
    for (const { end } of pushes) end();
    const answers = await Promise.all(pushes.map(({ answer }) => answer));
    const refused = answers.filter(({ status }) => status === 503);
    assert.equal(refused.length, 4);
    for (const { headers } of refused) assert.equal(headers.get("retry-after"), "2");
    assert.equal(answers.filter(({ status }) => status === 422).length, 8);
    const after = heldPush(host, mebibytes8);
    after.end();
    assert.equal((await after.answer).status, 422);
    assert.equal(bodies.taken, 0);
  }));
