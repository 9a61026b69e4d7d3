import assert from "node:assert/strict";
import * as v from "valibot";
import { EventQueue } from "../../src/events/queue.ts";
import { uploadEvents, type UploadResult } from "../../src/events/upload.ts";
import { type TestPlatform, withPlatform } from "../support/platform.ts";
import { event, idsIn, queuePath, sinkOf } from "./event_support.ts";

const PairSchema = v.object({
  request: v.object({
    events: v.array(v.looseObject({ event_id: v.string(), event_type: v.string() })),
  }),
  expected_response: v.object({ status_code: v.number(), body: v.unknown() }),
});

type Pair = v.InferOutput<typeof PairSchema>;

/** Sends the request's events to a host that answers as recorded; what was sent must be the request. */
async function replay(
  platform: TestPlatform,
  pair: Pair,
): Promise<{ result: UploadResult; left: string[] }> {
  using queue = await EventQueue.open(platform, queuePath(platform));
  queue.transact((database) => {
    const insert = database.prepare(
      "INSERT INTO queue (event_id, event_type, data, timestamp) VALUES (?, ?, ?, 1770000000)",
    );
    for (const entry of pair.request.events) {
      insert.run(entry.event_id, entry.event_type, JSON.stringify(entry));
    }
  });
  const { status_code: status, body } = pair.expected_response;
  const sink = sinkOf((batch) => {
    assert.deepEqual(batch.events, pair.request.events);
    return { status, body };
  });
  const result = await uploadEvents({ platform, queue, sink });
  assert.equal(sink.batches.length, 1);
  return { result, left: idsIn(queue) };
}

const [A, B, C] = [event(1), event(2), event(3)];

/** Our own pairs: the answer to a request, and what the client makes of it. */
const CASES: readonly {
  readonly name: string;
  readonly recorded: string;
  readonly pair: Pair;
  readonly expected: (result: UploadResult, left: readonly string[], pair: Pair) => void;
}[] = [
  {
    name: "one event taken",
    recorded: "fixture_01_single_wp_status_changed.json",
    pair: pairOf([A], 200, { results: [{ event_id: A.event_id, status: "success" }] }),
    expected(result, left) {
      assert.deepEqual([result.sent, result.duplicates, left], [1, 0, []]);
    },
  },
  {
    name: "several events taken",
    recorded: "fixture_02_mixed_batch.json",
    pair: pairOf([A, B, C], 200, {
      results: [A, B, C].map(({ event_id }) => ({ event_id, status: "success" })),
    }),
    expected(result, left, pair) {
      assert.deepEqual([result.sent, left], [pair.request.events.length, []]);
    },
  },
  {
    name: "an event the host has already",
    recorded: "fixture_03_duplicate_event.json",
    pair: pairOf([A], 200, { results: [{ event_id: A.event_id, status: "duplicate" }] }),
    expected(result, left) {
      assert.deepEqual([result.sent, result.duplicates, left], [0, 1, []]);
    },
  },
  {
    name: "an event refused for a missing field",
    recorded: "fixture_04_rejected_event.json",
    pair: pairOf([A], 200, {
      results: [{
        event_id: A.event_id,
        status: "rejected",
        error: "Invalid payload: missing required field 'error_type'",
      }],
    }),
    expected(result, left, pair) {
      assert.deepEqual([result.rejected, left], [1, pair.request.events.map((e) => e.event_id)]);
      assert.equal(result.rejections[0]?.category, "schema_mismatch");
    },
  },
  {
    name: "a batch refused as a whole, with a reason for each event",
    recorded: "fixture_05_http_400_error.json",
    pair: pairOf([A], 400, {
      error: "Batch validation failed",
      details: [{ event_id: A.event_id, error: "Invalid schema: not allowed for the team" }],
    }),
    expected(result, left, pair) {
      assert.deepEqual([result.rejected, left], [1, pair.request.events.map((e) => e.event_id)]);
      assert.equal(result.rejections[0]?.category, "schema_mismatch");
      assert.match(result.rejections[0]?.message ?? "", /^Invalid schema/);
    },
  },
];

function pairOf(events: Pair["request"]["events"], status_code: number, body: unknown): Pair {
  return { request: { events }, expected_response: { status_code, body } };
}

for (const { name, pair, expected } of CASES) {
  Deno.test(`upload: ${name}`, () =>
    withPlatform({}, async (platform) => {
      const { result, left } = await replay(platform, pair);
      expected(result, left, pair);
    }));
}

const RECORDED = new URL("../../../shared/data/event-batch/", import.meta.url);

for (const { name, recorded, expected } of CASES) {
  Deno.test(`recorded upload: ${name}`, () =>
    withPlatform({}, async (platform) => {
      const text = await platform.files.readText(new URL(recorded, RECORDED).pathname);
      if (text === null) return console.log(`(no recording "${recorded}" here)`);
      const pair = v.parse(PairSchema, JSON.parse(text));
      const { result, left } = await replay(platform, pair);
      expected(result, left, pair);
    }));
}
