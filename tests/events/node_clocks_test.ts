import assert from "node:assert/strict";
import { clocksOf } from "../../src/events/node_clocks.ts";
import { EventQueue } from "../../src/events/queue.ts";
import { QUEUE_MIGRATIONS } from "../../src/events/queue_schema.ts";
import { takeOverOldQueue } from "../../src/events/take_over.ts";
import { type TestPlatform, withPlatform } from "../support/platform.ts";
import { userPaths } from "../../src/user/paths.ts";
import { event, queuePath } from "./event_support.ts";

const NODE = "a1b2c3d4e5f6";
const EVENTS = 40;

/** Makes the queue of the version whose clocks had a table of their own. */
async function queueOfBefore(platform: TestPlatform, path: string, lamport: number) {
  await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
  using before = await platform.openDatabase(path, { migrations: QUEUE_MIGRATIONS.slice(0, 2) });
  before.prepare("INSERT INTO clocks (node_id, lamport) VALUES (?, ?)").run(NODE, lamport);
}

function nextOf(queue: EventQueue): number {
  return queue.append(NODE, (lamport_clock) => event(lamport_clock, { lamport_clock }))
    .lamport_clock;
}

/** Bytes that have come to the log beside a database while `work` ran. */
async function logged(path: string, work: () => void): Promise<number> {
  const size = async () => (await Deno.stat(`${path}-wal`)).size;
  const before = await size();
  work();
  return await size() - before;
}

Deno.test("an event changes no page of the queue more than an insert of its row does", () =>
  withPlatform({}, async (platform) => {
    const [path, rawPath] = [queuePath(platform), queuePath(platform, "raw.db")];
    using queue = await EventQueue.open(platform, path);
    using raw = await platform.openDatabase(rawPath, { migrations: QUEUE_MIGRATIONS });
    const insert = raw.prepare(
      "INSERT INTO queue (event_id, event_type, data, timestamp) VALUES (?, ?, ?, ?)",
    );
    const both = (from: number) => {
      const rows = Array.from({ length: EVENTS }, (_, at) => event(from + at));
      const now = platform.clock.now();
      return {
        ours: () => {
          for (const row of rows) queue.append(NODE, () => row);
        },
        bare: () => {
          for (const row of rows) {
            const { event_id, event_type } = row;
            insert.run(event_id, event_type, JSON.stringify(row), Math.floor(now / 1000));
          }
        },
      };
    };
    // The first event adds the clock.
    const first = both(0);
    first.ours();
    first.bare();
    const { ours, bare } = both(EVENTS);
    assert.equal(await logged(path, ours), await logged(rawPath, bare));
  }));

Deno.test("a queue of the version before continues the clocks that it has", () =>
  withPlatform({}, async (platform) => {
    await queueOfBefore(platform, queuePath(platform), 41);
    using queue = await EventQueue.open(platform, queuePath(platform));
    assert.deepEqual([nextOf(queue), nextOf(queue)], [42, 43]);
    assert.deepEqual(queue.transact(clocksOf), [{ nodeId: NODE, lamport: 43 }]);
  }));

Deno.test("the clocks of a shared file of the version before are taken over, and none stays there", () =>
  withPlatform({}, async (platform) => {
    const { old, unscopedQueue } = userPaths(platform);
    await queueOfBefore(platform, old.unscopedQueue, 7);
    await takeOverOldQueue(platform, unscopedQueue);
    using queue = await EventQueue.open(platform, unscopedQueue);
    assert.equal(nextOf(queue), 8);
    using left = await EventQueue.open(platform, old.unscopedQueue);
    assert.deepEqual(left.transact(clocksOf), []);
  }));
