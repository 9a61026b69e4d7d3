import assert from "node:assert/strict";
import { queueOwner } from "../../src/events/open.ts";
import { EventQueue } from "../../src/events/queue.ts";
import { takeOverOldQueue } from "../../src/events/take_over.ts";
import type { Platform } from "../../src/platform/platform.ts";
import { userPaths } from "../../src/user/paths.ts";
import { damagePages } from "../support/damage.ts";
import { withPlatform } from "../support/platform.ts";
import { emitterOn } from "./event_support.ts";

/** Events of this program in the file that it used to share. */
async function queuedBefore(platform: Platform, count: number): Promise<string> {
  const { old } = userPaths(platform);
  const { emitter } = emitterOn(platform, old.unscopedQueue);
  for (let n = 1; n <= count; n++) {
    await emitter.emit("WPCreated", {
      wp_id: `WP${String(n % 90).padStart(2, "0")}`,
      title: "T",
      feature_slug: "001-x",
    });
  }
  emitter.close();
  return old.unscopedQueue;
}

async function ids(platform: Platform, path: string): Promise<readonly string[]> {
  const queue = await EventQueue.open(platform, path);
  try {
    return queue.transact((database) =>
      database.prepare("SELECT event_id FROM queue ORDER BY id").all()
        .map((row) => String(row["event_id"]))
    );
  } finally {
    queue.close();
  }
}

Deno.test("events that an older version queued are taken over once, in their order", () =>
  withPlatform({}, async (platform) => {
    const from = await queuedBefore(platform, 3);
    const before = await ids(platform, from);
    const { path } = await queueOwner(platform);
    assert.equal(before.length, 3);
    assert.deepEqual(await ids(platform, path), before);
    assert.deepEqual(await ids(platform, from), []);
  }));

Deno.test("an event after the take-over continues the node's clock", () =>
  withPlatform({}, async (platform) => {
    await queuedBefore(platform, 2);
    const { path } = await queueOwner(platform);
    const { emitter } = emitterOn(platform, path);
    await emitter.emit("WPCreated", { wp_id: "WP09", title: "T", feature_slug: "001-x" });
    emitter.close();
    const queue = await EventQueue.open(platform, path);
    const clocks = queue.transact((database) =>
      database.prepare("SELECT json_extract(data, '$.lamport_clock') AS clock FROM queue").all()
        .map((row) => row["clock"])
    );
    queue.close();
    assert.deepEqual(clocks, [1, 2, 3]);
  }));

Deno.test("events that another program queued in the shared file stay there", () =>
  withPlatform({}, async (platform) => {
    const from = await queuedBefore(platform, 1);
    const shared = await EventQueue.open(platform, from);
    shared.transact((database) =>
      database.prepare(
        "INSERT INTO queue (event_id, event_type, data, timestamp) VALUES (?, ?, ?, ?)",
      ).run("foreign", "WPCreated", JSON.stringify({ schema_version: "3.0.0" }), 1)
    );
    shared.close();
    const { path } = await queueOwner(platform);
    assert.deepEqual(await ids(platform, from), ["foreign"]);
    assert.equal((await ids(platform, path)).length, 1);
  }));

Deno.test("a queue that only another program has used is left alone", () =>
  withPlatform({}, async (platform) => {
    const { old, unscopedQueue } = userPaths(platform);
    await platform.files.makeDirectory(userPaths(platform).root);
    const foreign = await platform.openDatabase(old.unscopedQueue, {});
    foreign.exec("CREATE TABLE queue (id INTEGER PRIMARY KEY, event_id TEXT, data TEXT)");
    foreign.close();
    await takeOverOldQueue(platform, unscopedQueue);
    assert.equal(await platform.files.stat(unscopedQueue), null);
  }));

Deno.test("a take-over that is killed after the copy ends the next time, and doubles nothing", () =>
  withPlatform({}, async (platform) => {
    const from = await queuedBefore(platform, 2);
    const before = await ids(platform, from);
    const { unscopedQueue } = userPaths(platform);
    const database = await platform.openDatabase(from);
    database.exec(
      "CREATE TRIGGER kept BEFORE DELETE ON queue BEGIN SELECT RAISE(ABORT, 'killed'); END",
    );
    await takeOverOldQueue(platform, unscopedQueue);
    assert.deepEqual(await ids(platform, from), before);
    database.exec("DROP TRIGGER kept");
    database.close();
    await takeOverOldQueue(platform, unscopedQueue);
    assert.deepEqual(await ids(platform, unscopedQueue), before);
    assert.deepEqual(await ids(platform, from), []);
  }));

Deno.test("a queue that began before the take-over keeps its events and gets the older ones", () =>
  withPlatform({}, async (platform) => {
    const { unscopedQueue } = userPaths(platform);
    const { emitter } = emitterOn(platform, unscopedQueue);
    await emitter.emit("WPCreated", { wp_id: "WP09", title: "T", feature_slug: "001-x" });
    emitter.close();
    const [own] = await ids(platform, unscopedQueue);
    const before = await ids(platform, await queuedBefore(platform, 2));
    await takeOverOldQueue(platform, unscopedQueue);
    assert.deepEqual((await ids(platform, unscopedQueue)).toSorted(), [own, ...before].toSorted());
  }));

Deno.test("what an older version queues after the take-over is taken over too", () =>
  withPlatform({}, async (platform) => {
    const { unscopedQueue } = userPaths(platform);
    await queuedBefore(platform, 2);
    await takeOverOldQueue(platform, unscopedQueue);
    await queuedBefore(platform, 1);
    await takeOverOldQueue(platform, unscopedQueue);
    assert.equal((await ids(platform, unscopedQueue)).length, 3);
  }));

Deno.test("a parked event is taken over with the reason of its rejections", () =>
  withPlatform({}, async (platform) => {
    const from = await queuedBefore(platform, 1);
    const [eventId = ""] = await ids(platform, from);
    const old = await EventQueue.open(platform, from);
    for (let n = 0; n < 10; n++) {
      old.settle({ accepted: [], rejected: [{ eventId, reason: "no such project" }] });
    }
    old.close();
    const { path } = await queueOwner(platform);
    using queue = await EventQueue.open(platform, path);
    const parked = [...queue.list({ parked: true })];
    assert.deepEqual(parked.map(({ reason }) => reason), ["no such project"]);
  }));

Deno.test("a damaged queue at its old place is told, not taken for an empty one", () =>
  withPlatform({}, async (platform) => {
    const from = await queuedBefore(platform, 300);
    await damagePages(from);
    await assert.rejects(queueOwner(platform), { code: "database_damaged" });
  }));
