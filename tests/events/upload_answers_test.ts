import assert from "node:assert/strict";
import fc from "../support/properties.ts";
import { EventQueue } from "../../src/events/queue.ts";
import { uploadEvents } from "../../src/events/upload.ts";
import { withPlatform } from "../support/platform.ts";
import { allAre, event, fill, idsIn, queueOf, queuePath, range, sinkOf } from "./event_support.ts";

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
