import assert from "node:assert/strict";
import { systemClock } from "../../src/platform/clock.ts";
import { acquireLock } from "../../src/platform/lock.ts";
import { TrackerError } from "../../src/platform/tracker_error.ts";
import { startProgram } from "../support/child.ts";
import { testClock } from "../support/clock.ts";

const HOLDER = new URL("./programs/hold_lock.ts", import.meta.url);
const COUNTER = new URL("./programs/count_under_lock.ts", import.meta.url);

async function withLockFile(test: (path: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "tracker-lock-" });
  try {
    await test(`${directory}/deep/er/lock`);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("A lock is given back and can be taken again; releasing twice does nothing", () =>
  withLockFile(async (path) => {
    const first = await acquireLock(systemClock(), path);
    await first.release();
    await first.release();
    const second = await acquireLock(systemClock(), path, { deadlineMs: 0 });
    await second.release();
  }));

Deno.test("A lock's file is private and says who holds it", () =>
  withLockFile(async (path) => {
    const lock = await acquireLock(testClock(), path, { purpose: "a bind" });
    if (Deno.build.os !== "windows") {
      assert.equal(((await Deno.stat(path)).mode ?? 0) & 0o777, 0o600);
      assert.deepEqual(JSON.parse(await Deno.readTextFile(path)), {
        pid: Deno.pid,
        purpose: "a bind",
        since: "2026-03-01T12:00:00.000Z",
      });
    }
    await lock.release();
    assert.equal(await Deno.readTextFile(path), "");
  }));

Deno.test("Waiting for a lock of another process ends at the deadline and names the holder", () =>
  withLockFile(async (path) => {
    const holder = startProgram(HOLDER, [path]);
    try {
      assert.equal(await holder.line(), "held");
      const clock = testClock();
      const started = clock.monotonic();
      await assert.rejects(acquireLock(clock, path, { deadlineMs: 2_000 }), (error) => {
        assert.ok(error instanceof TrackerError);
        assert.equal(error.code, "locked");
        if (Deno.build.os !== "windows") {
          assert.match(error.message, new RegExp(`process ${holder.pid} \\(holding for a test\\)`));
        }
        assert.equal(error.details["path"], path);
        return true;
      });
      const waited = clock.monotonic() - started;
      assert.ok(waited > 1_800 && waited <= 2_000, `waited ${waited} ms`);
    } finally {
      await holder.kill();
    }
  }));

Deno.test("With no time to wait, a held lock is tried once", () =>
  withLockFile(async (path) => {
    const lock = await acquireLock(systemClock(), path);
    const clock = testClock();
    await assert.rejects(acquireLock(clock, path, { deadlineMs: 0 }), /is locked by/);
    assert.deepEqual(clock.sleeps, []);
    await lock.release();
  }));

Deno.test("A lock that is given back in time is taken", () =>
  withLockFile(async (path) => {
    const holder = startProgram(HOLDER, [path]);
    await holder.line();
    const waiting = acquireLock(systemClock(), path, { deadlineMs: 30_000 });
    await holder.send("release");
    await (await waiting).release();
    assert.equal(await holder.end(), 0);
  }));

Deno.test("A killed holder's lock is free at once, whatever its file still says", () =>
  withLockFile(async (path) => {
    const holder = startProgram(HOLDER, [path]);
    await holder.line();
    await holder.kill();
    if (Deno.build.os !== "windows") assert.match(await Deno.readTextFile(path), /holding/);
    const lock = await acquireLock(systemClock(), path, { deadlineMs: 1_000 });
    await lock.release();
  }));

Deno.test("Two processes that count under a lock lose no step", () =>
  withLockFile(async (path) => {
    const file = `${path}-count`;
    const counters = [startProgram(COUNTER, [file, "25"]), startProgram(COUNTER, [file, "25"])];
    for (const counter of counters) assert.equal(await counter.end(), 0);
    assert.equal(await Deno.readTextFile(file), "50");
  }));

Deno.test("An unreadable holder is another process", () =>
  withLockFile(async (path) => {
    for (const content of ["", "{", "null", "[]", '{"pid": 7}']) {
      const lock = await acquireLock(systemClock(), path);
      await Deno.writeTextFile(path, content);
      await assert.rejects(
        acquireLock(testClock(), path, { deadlineMs: 0 }),
        /is locked by (another process|a process|process 7)$/,
      );
      await lock.release();
    }
  }));

if (Deno.build.os !== "windows") {
  Deno.test("A lock is not taken through a link, to a file or to none", () =>
    withLockFile(async (path) => {
      const directory = path.slice(0, path.lastIndexOf("/"));
      await Deno.mkdir(directory, { recursive: true });
      await Deno.writeTextFile(`${directory}/theirs`, "theirs");
      for (const target of ["theirs", "absent"]) {
        await Deno.symlink(target, path);
        await assert.rejects(acquireLock(systemClock(), path), /it is a link/);
        await Deno.remove(path);
      }
      assert.deepEqual([...Deno.readDirSync(directory)].map(({ name }) => name), ["theirs"]);
      assert.equal(await Deno.readTextFile(`${directory}/theirs`), "theirs");
    }));

  Deno.test("A lock's file that has a second name is locked and keeps what is in it", () =>
    withLockFile(async (path) => {
      await (await acquireLock(systemClock(), path)).release();
      await Deno.writeTextFile(path, '{"pid":1}');
      await Deno.link(path, `${path}-second`);
      const lock = await acquireLock(systemClock(), path);
      await assert.rejects(acquireLock(testClock(), path, { deadlineMs: 0 }), /is locked by/);
      await lock.release();
      assert.equal(await Deno.readTextFile(`${path}-second`), '{"pid":1}');
    }));
}

Deno.test("What something else wrote into a lock's file stays there", () =>
  withLockFile(async (path) => {
    await (await acquireLock(systemClock(), path)).release();
    for (const content of ["a word", "{}", `{"pid":${"1".repeat(5000)}`]) {
      await Deno.writeTextFile(path, content);
      await (await acquireLock(systemClock(), path)).release();
      assert.equal(await Deno.readTextFile(path), content);
    }
  }));

Deno.test("A lock that cannot be made is the system's fault, and nothing is left open", async () => {
  const directory = await Deno.makeTempDir({ prefix: "tracker-lock-" });
  try {
    await assert.rejects(acquireLock(systemClock(), directory));
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("a lock file that is removed while it is opened is made again", async () => {
  const directory = await Deno.makeTempDir({ prefix: "tracker-lock-" });
  try {
    const path = `${directory}/here.lock`;
    for (let round = 0; round < 500; round++) {
      await Deno.writeTextFile(path, "");
      const [lock] = await Promise.all([
        acquireLock(systemClock(), path),
        Deno.remove(path),
      ]);
      await lock.release();
      await Deno.remove(path).catch((error: unknown) => {
        if (!(error instanceof Deno.errors.NotFound)) throw error;
      });
    }
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
