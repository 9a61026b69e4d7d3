import assert from "node:assert/strict";
import { EventQueue } from "../../src/events/queue.ts";
import { readQueueCounts } from "../../src/events/queue_counts.ts";
import { TrackerError } from "../../src/platform/tracker_error.ts";
import { TEST_START } from "../support/clock.ts";
import { damagePages } from "../support/damage.ts";
import { withPlatform } from "../support/platform.ts";
import { event, fill, idsIn, queuePath } from "./event_support.ts";

const LIMITS = { events: 1000, bytes: 4 * 1024 * 1024 };

Deno.test("events leave a batch read in the order of their time, then of their arrival", () =>
  withPlatform({}, async (platform) => {
    using queue = await EventQueue.open(platform, queuePath(platform));
    fill(queue, [1, 2]);
    platform.clock.advance(5_000);
    fill(queue, [3]);
    platform.clock.setWallTime(TEST_START - 60_000);
    fill(queue, [4]);
    const batch = queue.readBatch(null, queue.newest(), LIMITS);
    assert.deepEqual(
      batch.map((entry) => entry.eventId),
      [4, 1, 2, 3].map((n) => event(n).event_id),
    );
  }));

Deno.test("a batch ends at its number of events, and the next one begins there", () =>
  withPlatform({}, async (platform) => {
    using queue = await EventQueue.open(platform, queuePath(platform));
    fill(queue, [1, 2, 3, 4, 5]);
    const first = queue.readBatch(null, queue.newest(), { ...LIMITS, events: 3 });
    const second = queue.readBatch(first[2]?.position ?? null, queue.newest(), LIMITS);
    assert.equal(first.length, 3);
    assert.deepEqual(second.map((entry) => entry.eventId), [4, 5].map((n) => event(n).event_id));
  }));

Deno.test("a batch ends at its bytes, but one event too large comes alone", () =>
  withPlatform({}, async (platform) => {
    using queue = await EventQueue.open(platform, queuePath(platform));
    fill(queue, [1, 2, 3]);
    const one = queue.readBatch(null, queue.newest(), LIMITS)[0]?.bytes ?? 0;
    const two = queue.readBatch(null, queue.newest(), { ...LIMITS, bytes: one * 2 + 20 });
    assert.equal(two.length, 2);
    assert.equal(queue.readBatch(null, queue.newest(), { ...LIMITS, bytes: 10 }).length, 1);
  }));

Deno.test("events queued after an upload began are not part of it", () =>
  withPlatform({}, async (platform) => {
    using queue = await EventQueue.open(platform, queuePath(platform));
    fill(queue, [1]);
    const until = queue.newest();
    fill(queue, [2]);
    assert.equal(queue.readBatch(null, until, LIMITS).length, 1);
  }));

Deno.test("the Lamport clock of a node increases over connections and separately from other nodes", () =>
  withPlatform({}, async (platform) => {
    using one = await EventQueue.open(platform, queuePath(platform));
    using two = await EventQueue.open(platform, queuePath(platform));
    const clocks: number[] = [];
    for (const [number, queue] of [one, two, one, two].entries()) {
      queue.append("a1b2c3d4e5f6", (lamport_clock) => {
        clocks.push(lamport_clock);
        return event(number, { lamport_clock });
      });
    }
    two.append("ffffffffffff", (lamport_clock) => {
      clocks.push(lamport_clock);
      return event(9, { lamport_clock });
    });
    assert.deepEqual(clocks, [1, 2, 3, 4, 1]);
  }));

Deno.test("an append that fails leaves neither event nor tick of the clock", () =>
  withPlatform({}, async (platform) => {
    using queue = await EventQueue.open(platform, queuePath(platform));
    fill(queue, [1]);
    assert.throws(() => fill(queue, [1]), /UNIQUE/);
    assert.throws(() =>
      queue.append("a1b2c3d4e5f6", () => {
        throw new Error("no event");
      }), /no event/);
    fill(queue, [2]);
    assert.deepEqual(
      [...queue.list()].map((entry) => JSON.parse(entry.data).lamport_clock),
      [1, 2],
    );
  }));

Deno.test("accepted events leave, rejected ones stay with their reason and count", () =>
  withPlatform({}, async (platform) => {
    using queue = await EventQueue.open(platform, queuePath(platform));
    fill(queue, [1, 2, 3]);
    const outcome = queue.settle({
      accepted: [event(1).event_id, "01J00000000000000000000GONE"],
      rejected: [{ eventId: event(2).event_id, reason: "bad lane" }],
    });
    assert.deepEqual(outcome, { removed: 1, parked: 0 });
    const rows = [...queue.list()].map(({ eventId, retryCount, reason }) => ({
      eventId,
      retryCount,
      reason,
    }));
    assert.deepEqual(rows, [
      { eventId: event(2).event_id, retryCount: 1, reason: "bad lane" },
      { eventId: event(3).event_id, retryCount: 0, reason: null },
    ]);
  }));

Deno.test("an event rejected ten times is parked, until it is retried", () =>
  withPlatform({}, async (platform) => {
    using queue = await EventQueue.open(platform, queuePath(platform));
    fill(queue, [1, 2]);
    const rejected = [{ eventId: event(1).event_id, reason: "bad lane" }];
    for (let time = 1; time <= 9; time++) {
      assert.equal(queue.settle({ accepted: [], rejected }).parked, 0);
    }
    assert.equal(queue.settle({ accepted: [], rejected }).parked, 1);
    assert.deepEqual(
      queue.readBatch(null, queue.newest(), LIMITS).map((entry) => entry.eventId),
      [event(2).event_id],
    );
    assert.deepEqual([...queue.list({ parked: true })].map((entry) => entry.eventId), [
      event(1).event_id,
    ]);
    assert.equal(queue.counts().parked, 1);
    assert.equal(queue.retryParked([event(2).event_id]), 0);
    assert.equal(queue.retryParked(), 1);
    assert.equal(queue.readBatch(null, queue.newest(), LIMITS).length, 2);
    queue.settle({ accepted: [event(1).event_id], rejected: [] });
    assert.deepEqual(idsIn(queue), [event(2).event_id]);
  }));

Deno.test("an event without a project is kept and listed, but never sent", () =>
  withPlatform({}, async (platform) => {
    using queue = await EventQueue.open(platform, queuePath(platform));
    queue.append("a1b2c3d4e5f6", () => event(1, { project_uuid: null }));
    assert.deepEqual(queue.readBatch(null, queue.newest(), LIMITS), []);
    assert.deepEqual(queue.counts(), {
      pending: 0,
      parked: 0,
      withoutProject: 1,
      total: 1,
      oldestAt: null,
    });
    assert.equal([...queue.list()][0]?.sendable, false);
    assert.deepEqual([...queue.list()].map(({ data }) => JSON.parse(data)), [
      event(1, { project_uuid: null }),
    ]);
  }));

Deno.test("counts can be read without the right to change, and without a file there are none", () =>
  withPlatform({}, async (platform) => {
    assert.equal(await readQueueCounts(platform, queuePath(platform)), null);
    const queue = await EventQueue.open(platform, queuePath(platform));
    fill(queue, [1, 2]);
    queue.close();
    assert.deepEqual(await readQueueCounts(platform, queuePath(platform)), {
      pending: 2,
      parked: 0,
      withoutProject: 0,
      total: 2,
      oldestAt: TEST_START,
    });
  }));

Deno.test("a queue past its size is warned of once a day, and nothing is evicted", () =>
  withPlatform({}, async (platform) => {
    using queue = await EventQueue.open(platform, queuePath(platform));
    fill(queue, [1, 2]);
    assert.equal(queue.sizeWarning(2), null);
    fill(queue, [3]);
    assert.deepEqual(queue.sizeWarning(2), { count: 3, limit: 2 });
    using other = await EventQueue.open(platform, queuePath(platform));
    assert.equal(other.sizeWarning(2), null);
    platform.clock.advance(24 * 60 * 60 * 1000);
    using later = await EventQueue.open(platform, queuePath(platform));
    assert.deepEqual(later.sizeWarning(2), { count: 3, limit: 2 });
    assert.equal(queue.counts().total, 3);
  }));

Deno.test("a queue that is emptied from its start is not full by its row numbers", () =>
  withPlatform({}, async (platform) => {
    using queue = await EventQueue.open(platform, queuePath(platform));
    for (let number = 1; number <= 6; number += 2) {
      fill(queue, [number, number + 1]);
      assert.equal(queue.sizeWarning(2), null);
      queue.settle({ accepted: [event(number).event_id], rejected: [] });
      queue.settle({ accepted: [event(number + 1).event_id], rejected: [] });
    }
    fill(queue, [7, 8, 9]);
    assert.deepEqual(queue.sizeWarning(2), { count: 3, limit: 2 });
  }));

Deno.test("row numbers far apart alone are no full queue", () =>
  withPlatform({}, async (platform) => {
    using queue = await EventQueue.open(platform, queuePath(platform));
    fill(queue, [1, 2, 3, 4]);
    queue.settle({ accepted: [event(2).event_id, event(3).event_id], rejected: [] });
    assert.equal(queue.sizeWarning(3), null);
  }));

Deno.test("the queue of an existing installation is read as it is, and its clock is not set back", () =>
  withPlatform({}, async (platform) => {
    const old = await platform.openDatabase(queuePath(platform));
    old.exec(
      `CREATE TABLE queue (id INTEGER PRIMARY KEY AUTOINCREMENT, event_id TEXT UNIQUE NOT NULL,
      event_type TEXT NOT NULL, data TEXT NOT NULL, timestamp INTEGER NOT NULL,
      retry_count INTEGER DEFAULT 0)`,
    );
    const insert = old.prepare(
      "INSERT INTO queue (event_id, event_type, data, timestamp) VALUES (?, ?, ?, ?)",
    );
    const seen = event(1, { lamport_clock: 41 });
    insert.run(seen.event_id, seen.event_type, JSON.stringify(seen), 1_770_000_000);
    insert.run("01JBROKEN", "HistoryAdded", "{not json", 1_770_000_001);
    old.close();
    assert.equal((await readQueueCounts(platform, queuePath(platform)))?.total, 2);
    using queue = await EventQueue.open(platform, queuePath(platform));
    const next = queue.append("a1b2c3d4e5f6", (lamport_clock) => event(2, { lamport_clock }));
    assert.equal(next.lamport_clock, 42);
    assert.deepEqual(
      queue.readBatch(null, queue.newest(), LIMITS).map((entry) => entry.eventId),
      [seen.event_id, event(2).event_id],
    );
    assert.equal(queue.counts().withoutProject, 1);
  }));

Deno.test("the file of a queue is private", () =>
  withPlatform({}, async (platform) => {
    using _queue = await EventQueue.open(platform, queuePath(platform, "queues/queue-1.db"));
    const file = await platform.files.stat(queuePath(platform, "queues/queue-1.db"));
    const directory = await platform.files.stat(queuePath(platform, "queues"));
    assert.equal(file?.mode, 0o600);
    assert.equal(directory?.mode, 0o700);
  }));

Deno.test("a file that holds something else says so instead of sending it", () =>
  withPlatform({}, async (platform) => {
    using queue = await EventQueue.open(platform, queuePath(platform));
    fill(queue, [1]);
    queue.transact((database) => database.exec("UPDATE queue SET data = CAST(data AS BLOB)"));
    const batch = () => queue.readBatch(null, queue.newest(), LIMITS);
    assert.throws(batch, { code: "queue_damaged", details: { column: "data" } });
    queue.transact((database) =>
      database.exec("UPDATE queue SET data = CAST(data AS TEXT), timestamp = 'soon'")
    );
    assert.throws(batch, { code: "queue_damaged", details: { column: "timestamp" } });
  }));

Deno.test("a listing is in the queue's order, however many portions it is read in", () =>
  withPlatform({}, async (platform) => {
    using queue = await EventQueue.open(platform, queuePath(platform));
    fill(queue, Array.from({ length: 1_203 }, (_, i) => i + 1));
    queue.transact((database) => database.exec("UPDATE queue SET timestamp = 0 WHERE id = 1203"));
    const ids = [...queue.list()].map(({ data }) => JSON.parse(data).lamport_clock);
    assert.deepEqual(ids, [1203, ...Array.from({ length: 1_202 }, (_, i) => i + 1)]);
  }));

Deno.test("a damaged queue does not list as an empty one: the failure names the file", () =>
  withPlatform({}, async (platform) => {
    const path = queuePath(platform);
    const queue = await EventQueue.open(platform, path);
    fill(queue, Array.from({ length: 300 }, (_, i) => i + 1));
    queue.close();
    await damagePages(path);
    const found = await EventQueue.openForReading(platform, path);
    assert.ok(found !== null);
    try {
      assert.throws(() => [...found.list()], (error) => {
        assert.ok(error instanceof TrackerError);
        assert.equal(error.code, "database_damaged");
        assert.ok(error.message.includes(path));
        return true;
      });
    } finally {
      found.close();
    }
  }));

Deno.test("a row that is no event is listed with the others", () =>
  withPlatform({}, async (platform) => {
    using queue = await EventQueue.open(platform, queuePath(platform));
    fill(queue, [1]);
    queue.transact((database) =>
      database.exec(
        `INSERT INTO queue (event_id, event_type, data, timestamp, retry_count) VALUES
           ('text', 'X', '{"half', 'soon', 'often'), (x'62', x'58', x'7b7d', 9e99, NULL),
           ('list', 'X', '[]', 0, 0)`,
      )
    );
    const rows = [...queue.list()].map(({ eventId, readable }) => [eventId, readable]);
    assert.deepEqual(
      rows.sort(),
      [["b", true], ["list", false], [event(1).event_id, true], [
        "text",
        false,
      ]].sort(),
    );
  }));
