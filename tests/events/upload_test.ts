import assert from "node:assert/strict";
import { EventQueue } from "../../src/events/queue.ts";
import { uploadEvents } from "../../src/events/upload.ts";
import { HostedApiError } from "../../src/client/errors.ts";
import { TrackerError } from "../../src/platform/tracker_error.ts";
import { withPlatform } from "../support/platform.ts";
import {
  allAre,
  event,
  fill,
  ids,
  idsIn,
  queueOf,
  queuePath,
  range,
  type SentBatch,
  sinkOf,
} from "./event_support.ts";

/** A host that refuses a batch as a whole while one of `bad` is in it. */
function refusing(bad: readonly string[], details: (batch: SentBatch) => unknown) {
  return sinkOf((batch) =>
    batch.events.some(({ event_id }) => bad.includes(event_id))
      ? { status: 400, body: { error: "Batch validation failed", details: details(batch) } }
      : allAre(batch, "success")
  );
}

Deno.test("success and duplicate leave the queue, rejected stays and is counted", () =>
  withPlatform({}, async (platform) => {
    using queue = await queueOf(platform, [1, 2, 3]);
    const sink = sinkOf(() => ({
      status: 200,
      body: {
        results: [
          { event_id: event(1).event_id, status: "success" },
          { event_id: event(2).event_id, status: "duplicate" },
          { event_id: event(3).event_id, status: "rejected", error_message: "missing field" },
        ],
      },
    }));
    assert.deepEqual(await uploadEvents({ platform, queue, sink }), {
      sent: 1,
      duplicates: 1,
      rejected: 1,
      parked: 0,
      remaining: 1,
      rejections: [
        { eventId: event(3).event_id, message: "missing field", category: "schema_mismatch" },
      ],
    });
    assert.deepEqual([...queue.list()].map(({ eventId, retryCount }) => [eventId, retryCount]), [
      [event(3).event_id, 1],
    ]);
    assert.equal(sink.batches.length, 1, "a rejected event is not sent again by the same upload");
  }));

Deno.test("2,500 events go in three batches, oldest first", () =>
  withPlatform({}, async (platform) => {
    using queue = await queueOf(platform, range(2500));
    const sink = sinkOf((batch) => allAre(batch, "success"));
    const progress: number[] = [];
    const result = await uploadEvents({
      platform,
      queue,
      sink,
      onProgress: (done) => progress.push(done),
    });
    assert.equal(result.sent, 2500);
    assert.deepEqual(sink.batches.map((batch) => batch.events.length), [1000, 1000, 500]);
    assert.deepEqual(progress, [1000, 2000, 2500]);
    const sent = sink.batches.flatMap((batch) => batch.events.map(({ event_id }) => event_id));
    assert.deepEqual(sent, ids(...range(2500)));
  }));

Deno.test("a batch stays within 1 MiB of JSON, unless one event alone is larger", () =>
  withPlatform({}, async (platform) => {
    using queue = await EventQueue.open(platform, queuePath(platform));
    for (const number of range(9)) {
      const entry_content = "ä".repeat(number === 6 ? 2_000_000 : 125_000);
      queue.append("a1b2c3d4e5f6", (lamport_clock) =>
        event(number, {
          lamport_clock,
          payload: { wp_id: "WP01", entry_type: "note", entry_content },
        }));
    }
    const sink = sinkOf((batch) => allAre(batch, "success"));
    assert.equal((await uploadEvents({ platform, queue, sink })).sent, 9);
    assert.deepEqual(sink.batches.map((batch) => batch.events.length), [4, 1, 1, 3]);
    for (const { events, bytes } of sink.batches) {
      assert.ok(bytes <= (events.length === 1 ? 4 : 1) * 1024 * 1024, `${bytes}`);
    }
  }));

for (
  const [form, details] of [
    ["a list", (id: string) => [{ event_id: id, error: "Invalid schema" }]],
    ["a list with reasons", (id: string) => [{ event_id: id, reason: "Invalid schema" }]],
    ["JSON text", (id: string) => JSON.stringify([{ event_id: id, error: "Invalid schema" }])],
  ] as const
) {
  Deno.test(`a 400 with ${form} charges the event named and sends the others again`, () =>
    withPlatform({}, async (platform) => {
      using queue = await queueOf(platform, [1, 2, 3]);
      const bad = event(2).event_id;
      const sink = refusing([bad], () => details(bad));
      const result = await uploadEvents({ platform, queue, sink });
      assert.deepEqual([result.sent, result.rejected, result.failure], [2, 1, undefined]);
      assert.deepEqual(result.rejections, [
        { eventId: bad, message: "Invalid schema", category: "schema_mismatch" },
      ]);
      assert.deepEqual(sink.batches.map((batch) => batch.events.length), [3, 2]);
      assert.deepEqual(idsIn(queue), [bad]);
    }));
}

Deno.test("a 400 in plain text is narrowed down to the events at fault", () =>
  withPlatform({}, async (platform) => {
    using queue = await queueOf(platform, range(100));
    const bad = ids(17, 80);
    const sink = refusing(bad, () => "Invalid schema in the batch");
    const result = await uploadEvents({ platform, queue, sink });
    assert.deepEqual([result.sent, result.rejected, result.remaining], [98, 2, 2]);
    assert.deepEqual(idsIn(queue), bad);
    assert.deepEqual([...queue.list()].map(({ retryCount, reason }) => [retryCount, reason]), [
      [1, "Invalid schema in the batch"],
      [1, "Invalid schema in the batch"],
    ]);
  }));

Deno.test("a 400 that names unknown events is narrowed down like plain text", () =>
  withPlatform({}, async (platform) => {
    using queue = await queueOf(platform, range(4));
    const sink = refusing(ids(3), () => [{ event_id: "01J0OTHER", error: "Invalid" }]);
    const result = await uploadEvents({ platform, queue, sink });
    assert.deepEqual([result.sent, result.rejected], [3, 1]);
  }));

Deno.test("a batch refused whatever is in it costs a bounded number of requests, and the next one continues", () =>
  withPlatform({}, async (platform) => {
    using queue = await queueOf(platform, range(1500));
    const first = new Set(ids(...range(1000)));
    const sink = sinkOf((batch) =>
      batch.events.some(({ event_id }) => first.has(event_id))
        ? { status: 400, body: { error: "Bad Request" } }
        : allAre(batch, "success")
    );
    const result = await uploadEvents({ platform, queue, sink });
    assert.equal(result.sent, 500);
    assert.ok(sink.batches.length <= 70, `${sink.batches.length} requests`);
    assert.equal(result.failure?.message, "Bad Request");
    assert.equal(result.remaining, 1000);
  }));

Deno.test("a poison event is parked after ten uploads and never holds up the others", () =>
  withPlatform({}, async (platform) => {
    using queue = await queueOf(platform, [1]);
    const sink = refusing(ids(1), () => "Invalid");
    for (let time = 1; time <= 10; time++) {
      fill(queue, [time + 1]);
      const result = await uploadEvents({ platform, queue, sink });
      assert.deepEqual([result.sent, result.parked], [1, time === 10 ? 1 : 0]);
    }
    assert.deepEqual(queue.counts(), {
      pending: 0,
      parked: 1,
      withoutProject: 0,
      total: 1,
      oldestAt: null,
    });
    await uploadEvents({ platform, queue, sink });
    assert.equal(queue.retryParked(), 1);
    const healed = sinkOf((batch) => allAre(batch, "success"));
    assert.equal((await uploadEvents({ platform, queue, sink: healed })).sent, 1);
  }));

for (
  const [status, body, category, message] of [
    [401, { message: "Session is over" }, "auth_expired", "Session is over"],
    [403, { message: "Not a member" }, "unknown", "Not a member"],
    [500, null, "server_error", "HTTP 500"],
    [503, "<html>", "server_error", "HTTP 503"],
    [429, { error: "Slow down" }, "unknown", "Slow down"],
    [404, null, "unknown", "HTTP 404"],
    [503, { errors: [{ title: "Down" }] }, "server_error", "Down"],
    [403, { error: { message: "Not yours" } }, "unknown", "Not yours"],
  ] as const
) {
  Deno.test(`an answer ${status} keeps everything as it is and ends the upload`, () =>
    withPlatform({}, async (platform) => {
      using queue = await queueOf(platform, range(1200));
      const sink = sinkOf((batch, number) =>
        number === 1 ? { status, body } : allAre(batch, "success")
      );
      const { failure, ...result } = await uploadEvents({ platform, queue, sink });
      assert.deepEqual(result, {
        sent: 0,
        duplicates: 0,
        rejected: 0,
        parked: 0,
        remaining: 1200,
        rejections: [],
      });
      assert.deepEqual([failure?.category, failure?.message], [category, message]);
      assert.ok((failure?.advice ?? "").length > 10);
      assert.equal(sink.batches.length, 1);
      assert.equal([...queue.list()].some(({ retryCount }) => retryCount > 0), false);
    }));
}

for (
  const [what, error, category] of [
    [
      "an expired session",
      new TrackerError({ code: "session_expired", message: "Session expired." }),
      "auth_expired",
    ],
    [
      "no network",
      new TrackerError({ code: "network_error", message: "Cannot connect" }),
      "server_error",
    ],
    ["a dropped connection", new TypeError("error sending request"), "server_error"],
    [
      "a refusal",
      new HostedApiError({ errorCode: "x", message: "Not a member", statusCode: 403 }),
      "unknown",
    ],
    [
      "a redirect",
      new TrackerError({ code: "redirect_refused", message: "A redirect", nextAction: "Look." }),
      "unknown",
    ],
  ] as const
) {
  Deno.test(`${what} keeps everything as it is: ${category}`, () =>
    withPlatform({}, async (platform) => {
      using queue = await queueOf(platform, [1, 2]);
      const sink = sinkOf(() => Promise.reject(error));
      const result = await uploadEvents({ platform, queue, sink });
      assert.equal(result.failure?.category, category);
      assert.equal(result.failure?.message, error.message);
      assert.equal(result.remaining, 2);
    }));
}
