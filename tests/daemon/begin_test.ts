import assert from "node:assert/strict";
import { beginDaemon } from "../../src/daemon/start.ts";
import {
  isAwaited,
  readStartNote,
  settleStart,
  untoldFailure,
  whileStarting,
  writeStartNote,
} from "../../src/daemon/start_note.ts";
import { writeDaemonState } from "../../src/daemon/state.ts";
import { daemonStatus } from "../../src/daemon/status.ts";
import { stopDaemon } from "../../src/daemon/stop.ts";
import { isStopRequested, requestStop } from "../../src/daemon/stop_request.ts";
import type { Processes } from "../../src/platform/processes.ts";
import { userPaths } from "../../src/user/paths.ts";
import { daemonState } from "../support/daemon_state.ts";
import { type TestPlatform, withPlatform } from "../support/platform.ts";

const ENV = { SPEC_KITTY_ENABLE_SAAS_SYNC: "1" };
const COMMAND = { command: "/bin/tracker", args: ["daemon", "run"] };
const PID = 4711;

interface Machine {
  readonly platform: TestPlatform;
  readonly started: string[];
  readonly processes: { alive: boolean };
  begin(): ReturnType<typeof beginDaemon>;
}

/** Runs a test on a machine whose daemon is only written down: it lives as long as `alive` says, and never answers. */
async function withMachine(test: (machine: Machine) => Promise<void>): Promise<void> {
  const started: string[] = [];
  const state = { alive: true };
  const processes: Processes = {
    run: () => Promise.reject(new Error("not here")),
    runAttached: () => Promise.reject(new Error("not here")),
    startDetached({ command }) {
      started.push(command);
      return PID;
    },
    kill: () => false,
  };
  await withPlatform({
    env: ENV,
    processes,
    system: { isAlive: () => state.alive },
  }, async (base) => {
    const platform = { ...base, fetch: () => Promise.reject(new TypeError("connection refused")) };
    await test({
      platform,
      started,
      processes: state,
      begin: () => beginDaemon({ platform, version: "1", command: COMMAND }),
    });
  });
}

Deno.test("a start waits for nothing, and the status says that the daemon is about to run", () =>
  withMachine(async ({ platform, started, begin }) => {
    assert.deepEqual(await begin(), { kind: "started", pid: PID, replaced: null });
    assert.deepEqual(platform.clock.sleeps, []);
    assert.deepEqual(started, [COMMAND.command]);
    assert.deepEqual(await daemonStatus(platform), { kind: "starting", pid: PID });
    assert.equal(await untoldFailure(platform), null);
  }));

Deno.test("a note that cannot be written of a process that was started does not deny the process", () =>
  withMachine(async ({ platform, started }) => {
    const full = new Error("the disk is full");
    let faults = 1;
    const files = {
      ...platform.files,
      writeAtomic(...given: Parameters<typeof platform.files.writeAtomic>) {
        const isFull = given[0] === userPaths(platform).daemonStart && faults-- > 0;
        return isFull ? Promise.reject(full) : platform.files.writeAtomic(...given);
      },
    };
    const options = { platform: { ...platform, files }, version: "1", command: COMMAND };
    await assert.rejects(beginDaemon(options), full);
    assert.deepEqual(started, [COMMAND.command]);
    assert.equal(await readStartNote(platform), null);
  }));

Deno.test("while a daemon is about to run, no second one is started", () =>
  withMachine(async ({ started, begin }) => {
    await begin();
    assert.deepEqual(await begin(), { kind: "beginning", pid: PID, replaced: null });
    assert.equal(started.length, 1);
  }));

Deno.test("a process that ended before it was ready is a failure, told once and kept for the status", () =>
  withMachine(async ({ platform, processes, begin }) => {
    await begin();
    processes.alive = false;
    const reason = `Process ${PID} ended before it was ready`;
    assert.equal(await untoldFailure(platform), reason);
    assert.equal(await untoldFailure(platform), null);
    assert.deepEqual(await daemonStatus(platform), { kind: "failed", pid: PID, reason });
  }));

Deno.test("a process that does not answer within 15 s is a failure, and the next start tries again", () =>
  withMachine(async ({ platform, started, begin }) => {
    await begin();
    await platform.clock.sleep(15_000);
    assert.equal(await untoldFailure(platform), `Process ${PID} did not answer within 15 s`);
    assert.equal((await begin()).kind, "started");
    assert.equal(started.length, 2);
    assert.equal((await daemonStatus(platform)).kind, "starting");
  }));

Deno.test("what the started process says of its failure is told in its words", () =>
  withMachine(async ({ platform, begin }) => {
    await begin();
    const own = { ...platform, system: { ...platform.system, pid: PID } };
    assert.equal(await isAwaited(own), true);
    assert.equal(await isAwaited(platform), false);
    await settleStart(own, "No port is free");
    assert.equal(await untoldFailure(platform), "No port is free");
  }));

Deno.test("a daemon that is ready leaves no note, and another process cannot take it away", () =>
  withMachine(async ({ platform, begin }) => {
    await begin();
    await settleStart(platform, null);
    assert.equal((await readStartNote(platform))?.pid, PID);
    await settleStart({ ...platform, system: { ...platform.system, pid: PID } }, null);
    assert.equal(await readStartNote(platform), null);
  }));

Deno.test("a daemon that will serve another host is waited for, then replaced", () =>
  withMachine(async ({ platform, started, begin }) => {
    await begin();
    platform.setEnv("SPEC_KITTY_SAAS_URL", "https://other.example");
    assert.equal((await begin()).kind, "started");
    assert.equal(started.length, 2);
    assert.equal((await readStartNote(platform))?.host, "https://other.example");
  }));

Deno.test("one that has written its state, and has not said yet that it is ready, is waited for", () =>
  withMachine(async ({ platform, started, begin }) => {
    await begin();
    await writeDaemonState(platform, daemonState({ pid: PID }));
    platform.setEnv("SPEC_KITTY_SAAS_URL", "https://other.example");
    const own = { ...platform, system: { ...platform.system, pid: PID } };
    let waits = 0;
    const clock = {
      ...platform.clock,
      async sleep(ms: number) {
        waits++;
        await settleStart(own, null);
        await platform.clock.sleep(ms);
      },
    };
    const options = { platform: { ...platform, clock }, version: "1", command: COMMAND };
    assert.equal((await beginDaemon(options)).kind, "started");
    assert.equal(waits, 1, "it was not asked to stop while it could not hear");
    assert.equal(started.length, 2);
  }));

Deno.test("a start that has failed is no daemon to stop, and a stop forgets it", () =>
  withMachine(async ({ platform, processes, begin }) => {
    await begin();
    processes.alive = false;
    assert.equal(await requestStop(platform), false);
    assert.equal(await isStopRequested(platform), false);
    assert.deepEqual(await stopDaemon(platform), { kind: "not_running" });
    assert.equal(await readStartNote(platform), null);
  }));

Deno.test("hosted sync turned off while a daemon is about to run stops that daemon, too", () =>
  withMachine(async ({ platform, begin }) => {
    await begin();
    assert.equal(await requestStop(platform), true);
    assert.equal(await isStopRequested(platform), true);
  }));

Deno.test("a failure is of no interest once a daemon runs, and a note in pieces is none", () =>
  withMachine(async ({ platform, processes, begin }) => {
    await begin();
    processes.alive = false;
    await writeDaemonState(platform, daemonState());
    assert.equal(await untoldFailure(platform), null);
    await platform.files.writeAtomic(userPaths(platform).daemonStart, "{");
    assert.equal(await readStartNote(platform), null);
  }));

Deno.test("where the note cannot be changed, its failure is told by every command", () =>
  withMachine(async ({ platform, processes, begin }) => {
    await begin();
    processes.alive = false;
    const full = { ...platform, files: { ...platform.files, writeAtomic: refuse } };
    const reason = `Process ${PID} ended before it was ready`;
    assert.equal(await untoldFailure(full), reason);
    assert.equal(await untoldFailure(full), reason);
    const note = await readStartNote(platform);
    assert.ok(note);
    await whileStarting(platform, () => writeStartNote(platform, { ...note, told: true }));
    assert.equal(await untoldFailure(platform), null);
  }));

function refuse(): Promise<void> {
  return Promise.reject(new Error("No space left on device"));
}
