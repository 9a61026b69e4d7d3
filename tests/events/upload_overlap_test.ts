import assert from "node:assert/strict";
import { EventQueue } from "../../src/events/queue.ts";
import { uploadEvents } from "../../src/events/upload.ts";
import { withPlatform } from "../support/platform.ts";
import { allAre, event, ids, idsIn, queueOf, queuePath, range, sinkOf } from "./event_support.ts";

/** Tells of each call of a method of the queue, when it has been done. */
function told(
  queue: EventQueue,
  method: "readBatch" | "settle",
  tell: (result: unknown) => void,
): void {
  const call = (queue[method] as (...args: unknown[]) => unknown).bind(queue);
  Object.defineProperty(queue, method, {
    value: (...args: unknown[]) => {
      const result = call(...args);
      tell(result);
      return result;
    },
  });
}

Deno.test("while the host has a batch, the former one is settled and the next one is read", () =>
  withPlatform({}, async (platform) => {
    using queue = await queueOf(platform, range(3000));
    const settled = Promise.withResolvers<void>();
    const read = Promise.withResolvers<void>();
    told(queue, "settle", () => settled.resolve());
    told(queue, "readBatch", (batch) => {
      const isNext = Array.isArray(batch) && batch[0]?.eventId === event(2001).event_id;
      if (isNext) read.resolve();
    });
    const sink = sinkOf(async (batch, number) => {
      // The answer waits for both: an upload that does one after the other would never end.
      if (number === 2) await Promise.all([settled.promise, read.promise]);
      return allAre(batch, "success");
    });
    const result = await uploadEvents({ platform, queue, sink });
    assert.deepEqual([result.sent, result.remaining], [3000, 0]);
    assert.deepEqual(sink.batches.map(({ events }) => events[0]?.event_id), ids(1, 1001, 2001));
  }));

Deno.test("no batch is sent before the former one is answered, and none after one that was not taken", () =>
  withPlatform({}, async (platform) => {
    using queue = await queueOf(platform, range(3000));
    let open = 0;
    const sink = sinkOf(async (batch, number) => {
      assert.equal(++open, 1);
      for (let turn = 0; turn < 100; turn++) await Promise.resolve();
      open--;
      return number === 2 ? { status: 503, body: null } : allAre(batch, "success");
    });
    const result = await uploadEvents({ platform, queue, sink });
    assert.deepEqual([result.sent, result.remaining], [1000, 2000]);
    assert.equal(sink.batches.length, 2);
    assert.deepEqual(idsIn(queue), ids(...range(3000).slice(1000)));
  }));

Deno.test("a fault in the next batch costs nothing of what the host has answered", () =>
  withPlatform({}, async (platform) => {
    using queue = await queueOf(platform, range(1500));
    queue.transact((database) => {
      database.exec("UPDATE queue SET event_id = x'00' WHERE id = 1200");
    });
    const sink = sinkOf((batch) => allAre(batch, "success"));
    await assert.rejects(uploadEvents({ platform, queue, sink }), { code: "queue_damaged" });
    assert.equal(queue.counts().total, 500);
    await (await platform.files.lock(`${queue.path}.lock`, { deadlineMs: 0 })).release();
  }));

Deno.test("a queue that cannot be written ends the upload after the batch on its way is answered", () =>
  withPlatform({}, async (platform) => {
    using queue = await queueOf(platform, range(2500));
    const sink = sinkOf((batch) => allAre(batch, "success"));
    queue.transact((database) => {
      database.exec(
        "CREATE TRIGGER full BEFORE DELETE ON queue WHEN old.id = 7 " +
          "BEGIN SELECT RAISE(ABORT, 'no room'); END",
      );
    });
    await assert.rejects(uploadEvents({ platform, queue, sink }), /no room/);
    assert.equal(sink.batches.length, 2);
    // The first batch stays as a whole; the second one, which was answered, is gone.
    assert.deepEqual(idsIn(queue), ids(...range(2500).filter((n) => n <= 1000 || n > 2000)));
    await (await platform.files.lock(`${queue.path}.lock`, { deadlineMs: 0 })).release();
  }));

Deno.test("a long upload lets others have the queue from time to time", () =>
  withPlatform({}, async (platform) => {
    using queue = await queueOf(platform, range(3500));
    const lock = `${queue.path}.lock`;
    const free: boolean[] = [];
    const clock = {
      ...platform.clock,
      async sleep(ms: number) {
        const taken = await platform.files.lock(lock, { deadlineMs: 0 }).catch(() => null);
        free.push(taken !== null);
        await taken?.release();
        await platform.clock.sleep(ms);
      },
    };
    const sink = sinkOf((batch, number) => {
      if (number === 1) platform.clock.advance(6_000);
      return allAre(batch, "success");
    });
    const result = await uploadEvents({ platform: { ...platform, clock }, queue, sink });
    assert.deepEqual([result.sent, result.remaining], [3500, 0]);
    assert.equal(free.filter((isFree) => isFree).length, 1);
    assert.deepEqual(sink.batches.map(({ events }) => events.length), [1000, 1000, 1000, 500]);
  }));

Deno.test("an event that leaves the queue while its batch is refused is not sent again", () =>
  withPlatform({}, async (platform) => {
    using queue = await queueOf(platform, range(2));
    using other = await EventQueue.open(platform, queuePath(platform));
    const sink = sinkOf((_batch, number) => {
      if (number === 1) other.settle({ accepted: ids(1), rejected: [] });
      return { status: 400, body: { error: "no", details: "all of it" } };
    });
    const result = await uploadEvents({ platform, queue, sink });
    assert.deepEqual(sink.batches.map(({ events }) => events.map((one) => one.event_id)), [
      ids(1, 2),
      ids(2),
    ]);
    assert.deepEqual([result.rejected, result.remaining], [1, 1]);
  }));
