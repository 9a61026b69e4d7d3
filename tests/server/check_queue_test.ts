import assert from "node:assert/strict";
import { CheckQueue } from "../../src/server/accounts/password_queue.ts";
import { withHost } from "./support.ts";

Deno.test("no more checks run at once than may, and the others get their turn in order", async () => {
  const queue = new CheckQueue({ running: 2, waiting: 10, perLane: 10 });
  const order: number[] = [];
  let running = 0;
  let most = 0;
  const checks = Array.from({ length: 8 }, (_, index) =>
    queue.run("a", async () => {
      order.push(index);
      most = Math.max(most, ++running);
      for (let turn = 0; turn < 5; turn++) await Promise.resolve();
      running -= 1;
      return index;
    }));
  assert.deepEqual(await Promise.all(checks), [0, 1, 2, 3, 4, 5, 6, 7]);
  assert.deepEqual(order, [0, 1, 2, 3, 4, 5, 6, 7]);
  assert.equal(most, 2);
});

Deno.test("an address that fills its places leaves some to others, and gets them back", async () => {
  const queue = new CheckQueue({ running: 1, waiting: 10, perLane: 2 });
  const gate = Promise.withResolvers<void>();
  const first = queue.run("a", () => gate.promise);
  const second = queue.run("a", () => Promise.reject(new Error("fails")));
  assert.equal(queue.isLaneFull("a"), true);
  assert.equal(queue.isLaneFull("b"), false);
  gate.resolve();
  await first;
  await assert.rejects(second, /fails/);
  assert.equal(queue.isLaneFull("a"), false);
});

Deno.test("lanes take turns, so that a long one holds up no other", async () => {
  const queue = new CheckQueue({ running: 1, waiting: 100, perLane: 50 });
  const order: string[] = [];
  const gate = Promise.withResolvers<void>();
  const work = [queue.run("flood", () => gate.promise)];
  for (let turn = 0; turn < 5; turn++) {
    work.push(queue.run("flood", () => Promise.resolve(void order.push("flood"))));
  }
  work.push(queue.run("user", () => Promise.resolve(void order.push("user"))));
  gate.resolve();
  await Promise.all(work);
  assert.deepEqual(order.slice(0, 2), ["flood", "user"]);
});

Deno.test("checks that come first wait for none that do not, and take turns among themselves", async () => {
  const queue = new CheckQueue({ running: 1, waiting: 3, perLane: 50 });
  const order: string[] = [];
  const gate = Promise.withResolvers<void>();
  const work = [queue.run("flood", () => gate.promise)];
  const add = (lane: string, isFirst: boolean) =>
    work.push(
      queue.run(lane, () => Promise.resolve(void order.push(lane)), { isFirst: () => isFirst }),
    );
  for (const lane of ["one", "two", "three"]) add(lane, false);
  await Promise.resolve();
  assert.equal(queue.isFull(), true);
  for (const lane of ["a", "a", "b"]) add(lane, true);
  gate.resolve();
  await Promise.all(work);
  assert.deepEqual(order, ["a", "b", "a", "one", "two", "three"]);
});

Deno.test("a check that is delayed takes no place among those that run", async () => {
  const queue = new CheckQueue({ running: 1, waiting: 10, perLane: 1 });
  const delay = Promise.withResolvers<void>();
  const delayed = queue.run("a", () => Promise.resolve("late"), { prepare: () => delay.promise });
  assert.equal(queue.isLaneFull("a"), true);
  assert.equal(await queue.run("b", () => Promise.resolve("at once")), "at once");
  delay.resolve();
  assert.equal(await delayed, "late");
});

Deno.test("a flood of guesses under many names is turned away, and a login is answered again after it", () =>
  withHost(async ({ call, host }) => {
    const handle = (username: string) =>
      host.handle(
        new Request("http://127.0.0.1:8080/api/v1/token/", {
          method: "POST",
          body: JSON.stringify({ username, password: "x" }),
        }),
        { remoteAddress: "192.0.2.1" },
      );
    const flood = await Promise.all(Array.from({ length: 60 }, (_, n) => handle(`name-${n}`)));
    const statuses = flood.map(({ status }) => status);
    assert.equal(statuses.filter((status) => status === 401).length, 20);
    assert.equal(statuses.filter((status) => status === 429).length, 40);
    assert.equal(flood.find(({ status }) => status === 429)?.headers.get("retry-after"), "1");
    const login = { username: "demo@example.com", password: "demo" };
    assert.equal((await call("POST", "/api/v1/token/", login)).status, 200);
  }));
