import assert from "node:assert/strict";
import { createTurns } from "../../src/cli/commands/mcp/turns.ts";

const NEVER = new AbortController().signal;

/** Work that a test ends. */
function work(log: string[], name: string) {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const started = Promise.withResolvers<void>();
  const start = async () => {
    log.push(name);
    started.resolve();
    await promise;
  };
  return { start, started: started.promise, end: resolve, fail: reject };
}

Deno.test("Calls that write have their turn one after the other, those that read beside them", async () => {
  const turns = createTurns({ readers: 2, waiting: 5 });
  const log: string[] = [];
  const [first, second] = [work(log, "write 1"), work(log, "write 2")];
  const reads = [1, 2, 3].map((n) => work(log, `read ${n}`));
  const ends = [
    turns.run("writes", NEVER, first.start),
    turns.run("writes", NEVER, second.start),
    ...reads.map(({ start }) => turns.run("reads", NEVER, start)),
  ];
  assert.deepEqual(log, ["write 1", "read 1", "read 2"]);
  first.fail(new Error("fails"));
  await assert.rejects(ends[0] ?? Promise.resolve(), /fails/);
  reads[1]?.end();
  await ends[3];
  await second.started;
  await reads[2]?.started;
  assert.deepEqual(log, ["write 1", "read 1", "read 2", "write 2", "read 3"]);
  for (const one of [second, ...reads]) one.end();
  await Promise.allSettled(ends);
});

Deno.test("No more than a bounded number of calls waits, and one that is cancelled waits no longer", async () => {
  const turns = createTurns({ readers: 1, waiting: 1 });
  const log: string[] = [];
  const first = work(log, "first");
  const running = turns.run("writes", NEVER, first.start);
  const cancelled = new AbortController();
  const waiting = turns.run("writes", cancelled.signal, work(log, "cancelled").start);
  await assert.rejects(turns.run("writes", NEVER, work(log, "too many").start), {
    code: "agent_busy",
  });
  cancelled.abort(new Error("cancelled"));
  await assert.rejects(waiting, /cancelled/);
  const next = work(log, "next");
  const last = turns.run("writes", NEVER, next.start);
  first.end();
  await running;
  next.end();
  await last;
  await assert.rejects(turns.run("reads", cancelled.signal, work(log, "never").start), /cancelled/);
  assert.deepEqual(log, ["first", "next"]);
});
