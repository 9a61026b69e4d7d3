import assert from "node:assert/strict";
import { uploadEvents } from "../../src/events/upload.ts";
import { withPlatform } from "../support/platform.ts";
import { allAre, fill, ids, queueOf, range, sinkOf } from "./event_support.ts";

Deno.test("a batch that is too large for the host is halved until it fits", () =>
  withPlatform({}, async (platform) => {
    using queue = await queueOf(platform, range(8));
    const sink = sinkOf((batch) =>
      batch.events.length > 2
        ? { status: 413, body: { error: "Too large" } }
        : allAre(batch, "success")
    );
    const result = await uploadEvents({ platform, queue, sink });
    assert.equal(result.sent, 8);
    assert.equal(result.rejected, 0);
    assert.deepEqual(sink.batches.map(({ events }) => events.length), [8, 4, 2, 2, 4, 2, 2]);
  }));

Deno.test("an event that alone is too large for the host is charged, the others are sent", () =>
  withPlatform({}, async (platform) => {
    using queue = await queueOf(platform, range(4));
    const [large] = ids(3);
    const sink = sinkOf((batch) =>
      batch.events.some(({ event_id }) => event_id === large)
        ? { status: 413, body: "<html>Request Entity Too Large</html>" }
        : allAre(batch, "success")
    );
    const result = await uploadEvents({ platform, queue, sink });
    assert.deepEqual([result.sent, result.rejected, result.remaining], [3, 1, 1]);
  }));

Deno.test("an upload ends with the events that were there when it began", () =>
  withPlatform({}, async (platform) => {
    using queue = await queueOf(platform, [1]);
    let next = 2;
    const sink = sinkOf((batch) => {
      // Events come in as fast as they are sent.
      if (next < 50) fill(queue, [next++]);
      return allAre(batch, "success");
    });
    const result = await uploadEvents({ platform, queue, sink });
    assert.deepEqual([result.sent, result.remaining], [1, 1]);
  }));
