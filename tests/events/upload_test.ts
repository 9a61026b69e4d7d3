import assert from "node:assert/strict";
import fc from "fast-check";
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

Deno.test("a 400 that names events of nobody is narrowed down like plain text", () =>
  withPlatform({}, async (platform) => {
    using queue = await queueOf(platform, range(4));
    const sink = refusing(ids(3), () => [{ event_id: "01J0OTHER", error: "Invalid" }]);
    const result = await uploadEvents({ platform, queue, sink });
    assert.deepEqual([result.sent, result.rejected], [3, 1]);
  }));

Deno.test("a batch refused whatever is in it costs a bounded number of requests, and the next one goes on", () =>
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

Deno.test("an answer that is none, or silent about an event, loses nothing", () =>
  withPlatform({}, async (platform) => {
    using queue = await queueOf(platform, [1, 2]);
    const html = sinkOf(() => ({ status: 200, body: "<html>" }));
    const first = await uploadEvents({ platform, queue, sink: html });
    assert.match(first.failure?.message ?? "", /faulty/);
    const half = sinkOf(() => ({
      status: 200,
      body: { results: [{ event_id: event(1).event_id, status: "success" }] },
    }));
    const second = await uploadEvents({ platform, queue, sink: half });
    assert.deepEqual([second.sent, second.remaining], [1, 1]);
    assert.match(second.failure?.message ?? "", /nothing about 1 of 2 events/);
  }));

Deno.test("a result of a word that is not known says nothing of its event, and hides no other", () =>
  withPlatform({}, async (platform) => {
    using queue = await queueOf(platform, [1, 2, 3]);
    const results = [
      { event_id: event(1).event_id, status: "OK" },
      { event_id: event(2).event_id, status: "pondered" },
      null,
      { event_id: event(3).event_id, status: "rejected", error: { text: "?" } },
    ];
    const sink = sinkOf(() => ({ status: 200, body: { results } }));
    const result = await uploadEvents({ platform, queue, sink });
    assert.deepEqual([result.sent, result.rejected, result.remaining], [1, 1, 2]);
    assert.match(result.failure?.message ?? "", /nothing about 1 of 3 events/);
  }));

Deno.test("an upload that is stopped sends no further batch", () =>
  withPlatform({}, async (platform) => {
    using queue = await queueOf(platform, range(3000));
    const stop = new AbortController();
    const sink = sinkOf((batch, number) => {
      if (number === 2) stop.abort();
      return allAre(batch, "success");
    });
    const result = await uploadEvents({ platform, queue, sink, signal: stop.signal });
    assert.deepEqual([result.sent, result.remaining, result.failure], [2000, 1000, undefined]);
  }));

Deno.test("two uploads at once share the batches and take no event twice", () =>
  withPlatform({}, async (platform) => {
    using one = await queueOf(platform, range(4000));
    using two = await EventQueue.open(platform, queuePath(platform));
    const seen = new Map<string, number>();
    const sink = sinkOf(async (batch) => {
      await Promise.resolve();
      for (const { event_id } of batch.events) seen.set(event_id, (seen.get(event_id) ?? 0) + 1);
      return allAre(batch, "success");
    });
    const results = await Promise.all([
      uploadEvents({ platform, queue: one, sink }),
      uploadEvents({ platform, queue: two, sink }),
    ]);
    assert.equal(results.reduce((sum, result) => sum + result.sent, 0), 4000);
    assert.equal(seen.size, 4000);
    assert.equal(Math.max(...seen.values()), 1);
    assert.deepEqual(idsIn(one), []);
  }));

Deno.test("whatever the host answers, every event ends at the host, or stays, never both or neither", () =>
  withPlatform({}, async (platform) => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 30 }),
        fc.array(
          fc.constantFrom("take", "take", "mixed", "named", "plain", "500", "drop", "lost"),
          {
            minLength: 1,
            maxLength: 12,
          },
        ),
        async (count, moods) => {
          using queue = await EventQueue.open(platform, queuePath(platform, `any-${run++}.db`));
          fill(queue, range(count));
          const host = new Set<string>();
          const take = (id: string) => {
            const status = host.has(id) ? "duplicate" : "success";
            host.add(id);
            return { event_id: id, status };
          };
          let turn = 0;
          const sink = sinkOf((batch) => {
            const events = batch.events.map(({ event_id }) => event_id);
            const [first] = events;
            switch (moods[turn++ % moods.length]) {
              case "mixed":
                return {
                  status: 200,
                  body: {
                    results: events.map((event_id, place) =>
                      place % 3 === 0
                        ? { event_id, status: "rejected", error: "no" }
                        : take(event_id)
                    ),
                  },
                };
              case "named":
                return {
                  status: 400,
                  body: { error: "no", details: [{ event_id: first, error: "no" }] },
                };
              case "plain":
                return { status: 400, body: { error: "no", details: "all of it" } };
              case "500":
                return { status: 500, body: null };
              case "drop":
                throw new TypeError("connection reset");
              case "lost":
                // The host has them, the answer never came.
                events.forEach(take);
                throw new TypeError("connection reset");
              default:
                return { status: 200, body: { results: events.map(take) } };
            }
          });
          for (let time = 0; time < 6; time++) await uploadEvents({ platform, queue, sink });
          const left = new Set(idsIn(queue));
          assert.equal(new Set([...left, ...host]).size, count);
          // What is at both places is a lost answer: the next upload clears it as a duplicate.
          queue.retryParked();
          await uploadEvents({
            platform,
            queue,
            sink: sinkOf((batch) => ({
              status: 200,
              body: { results: batch.events.map(({ event_id }) => take(event_id)) },
            })),
          });
          assert.deepEqual(idsIn(queue), []);
          assert.equal(host.size, count);
        },
      ),
      { numRuns: 40 },
    );
  }));
