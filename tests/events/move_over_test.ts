import assert from "node:assert/strict";
import { moveUnscopedEvents } from "../../src/events/move_over.ts";
import { EventQueue } from "../../src/events/queue.ts";
import { withPlatform } from "../support/platform.ts";
import { event, fill, idsIn, queuePath } from "./event_support.ts";

function clocksIn(queue: EventQueue): number[] {
  return [...queue.list()].map((entry) => JSON.parse(entry.data).lamport_clock);
}

Deno.test("events queued without a login move over at login, in their order", () =>
  withPlatform({}, async (platform) => {
    const unscoped = queuePath(platform);
    {
      using queue = await EventQueue.open(platform, unscoped);
      fill(queue, [1, 2, 3]);
    }
    using target = await EventQueue.open(platform, queuePath(platform, "queues/queue-1.db"));
    assert.equal(await moveUnscopedEvents(platform, unscoped, target), 3);
    assert.deepEqual(idsIn(target), [1, 2, 3].map((n) => event(n).event_id));
    assert.deepEqual(clocksIn(target), [1, 2, 3]);
    using source = await EventQueue.open(platform, unscoped);
    assert.deepEqual(idsIn(source), []);
    assert.equal(await moveUnscopedEvents(platform, unscoped, target), 0);
  }));

Deno.test("the clock of a node keeps increasing over the move", () =>
  withPlatform({}, async (platform) => {
    using target = await EventQueue.open(platform, queuePath(platform, "queue-1.db"));
    fill(target, [1, 2]);
    {
      using queue = await EventQueue.open(platform, queuePath(platform));
      fill(queue, [3, 4, 5]);
    }
    await moveUnscopedEvents(platform, queuePath(platform), target);
    fill(target, [6]);
    assert.deepEqual(clocksIn(target), [1, 2, 3, 4, 5, 6]);
  }));

Deno.test("without a file of unscoped events there is nothing to move, and none is made", () =>
  withPlatform({}, async (platform) => {
    using target = await EventQueue.open(platform, queuePath(platform, "queue-1.db"));
    assert.equal(await moveUnscopedEvents(platform, queuePath(platform), target), 0);
    assert.equal(await moveUnscopedEvents(platform, target.path, target), 0);
    assert.equal(await platform.files.stat(queuePath(platform)), null);
  }));

Deno.test("a move that was cut off between copy and removal is ended by the next one", () =>
  withPlatform({}, async (platform) => {
    using source = await EventQueue.open(platform, queuePath(platform));
    fill(source, [1, 2, 3]);
    using target = await EventQueue.open(platform, queuePath(platform, "queue-1.db"));
    // The first two are in both files: that is what a kill after the copy leaves.
    const copied = [...source.list()].slice(0, 2);
    target.transact((database) => {
      const insert = database.prepare(
        "INSERT INTO queue (event_id, event_type, data, timestamp) VALUES (?, ?, ?, ?)",
      );
      for (const entry of copied) {
        insert.run(entry.eventId, entry.eventType, entry.data, entry.queuedAt / 1000);
      }
    });
    await moveUnscopedEvents(platform, queuePath(platform), target);
    assert.deepEqual(idsIn(target), [1, 2, 3].map((n) => event(n).event_id));
    assert.deepEqual(idsIn(source), []);
  }));

Deno.test("2,500 events, and one that is no JSON, move in portions", () =>
  withPlatform({}, async (platform) => {
    using source = await EventQueue.open(platform, queuePath(platform));
    source.transact((database) => {
      const insert = database.prepare(
        "INSERT INTO queue (event_id, event_type, data, timestamp) VALUES (?, 'X', ?, ?)",
      );
      for (let n = 1; n <= 2500; n++) {
        const made = event(n, { lamport_clock: n });
        insert.run(made.event_id, n === 7 ? "{" : JSON.stringify(made), n);
      }
    });
    using target = await EventQueue.open(platform, queuePath(platform, "queue-1.db"));
    assert.equal(await moveUnscopedEvents(platform, queuePath(platform), target), 2500);
    assert.equal(target.counts().total, 2500);
    assert.equal(target.counts().withoutProject, 1);
  }));
