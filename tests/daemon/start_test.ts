import assert from "node:assert/strict";
import { endOldDaemon } from "../../src/daemon/old_daemon.ts";
import { mismatchOf, servingNow } from "../../src/daemon/serving.ts";
import { startDaemon } from "../../src/daemon/start.ts";
import { untoldFailure } from "../../src/daemon/start_note.ts";
import { readDaemonState, writeDaemonState } from "../../src/daemon/state.ts";
import { daemonStatus } from "../../src/daemon/status.ts";
import { requestStop } from "../../src/daemon/stop_request.ts";
import { stopDaemon } from "../../src/daemon/stop.ts";
import type { DetachedOptions, Processes } from "../../src/platform/processes.ts";
import { systemPlatform } from "../../src/platform/system.ts";
import { userPaths } from "../../src/user/paths.ts";
import { type TestPlatform, withPlatform } from "../support/platform.ts";
import { daemonState } from "../support/daemon_state.ts";

const ENV = { SPEC_KITTY_ENABLE_SAAS_SYNC: "1" };
const STATE = daemonState({ pid: systemPlatform().system.pid });
const COMMAND = { command: "/bin/tracker", args: ["daemon", "run"] };

/** Other processes that are only written down. */
function recorded(onKill: (signal: string) => void = () => {}) {
  const started: DetachedOptions[] = [];
  const killed: string[] = [];
  const processes: Processes = {
    run: () => Promise.reject(new Error("not here")),
    runAttached: () => Promise.reject(new Error("not here")),
    startDetached(options) {
      started.push(options);
      return 4711;
    },
    kill(pid, signal) {
      killed.push(`${signal} ${pid}`);
      onKill(signal);
      return true;
    },
  };
  return { started, killed, processes };
}

/** Nobody answers on loopback. */
function alone(platform: TestPlatform): TestPlatform {
  return {
    ...platform,
    fetch: () => Promise.reject(new TypeError("connection refused")),
    system: { ...platform.system, isAlive: () => true },
  };
}

Deno.test("a daemon that does not answer within 15 s is a failure that names the log", () => {
  const { started, processes } = recorded();
  return withPlatform({ env: ENV, processes }, async (base) => {
    const platform = alone(base);
    const { root, daemonLog } = userPaths(platform);
    await writeDaemonState(platform, STATE);
    await assert.rejects(startDaemon({ platform, version: "1", command: COMMAND }), {
      code: "daemon_start_failed",
      details: { log: daemonLog },
    });
    assert.deepEqual(started, [{ ...COMMAND, cwd: root }]);
    assert.equal(await readDaemonState(platform), null, "the stale state is gone");
    const waited = platform.clock.sleeps.reduce((sum, ms) => sum + ms, 0);
    assert.ok(waited >= 15_000 && waited < 16_000);
    assert.equal((await daemonStatus(platform)).kind, "failed");
    assert.equal(await untoldFailure(platform), null, "the command itself has told");
  });
});

Deno.test("with the gate off nothing starts and no file is touched", () => {
  const { started, processes } = recorded();
  return withPlatform({ processes }, async (platform) => {
    await assert.rejects(startDaemon({ platform, version: "1" }), { code: "rollout_disabled" });
    assert.deepEqual([started, await platform.files.list(platform.home)], [[], []]);
  });
});

Deno.test("a holder of the lock that does not answer gets SIGTERM, then SIGKILL", () => {
  const holder = { end: () => Promise.resolve(), ending: Promise.resolve() };
  const { killed, processes } = recorded((signal) => {
    if (signal === "SIGKILL") holder.ending = holder.end();
  });
  return withPlatform({ env: ENV, processes }, async (base) => {
    const platform = awaiting(alone(base), () => holder.ending);
    holder.end = (await platform.files.lock(userPaths(platform).daemonLock)).release;
    await writeDaemonState(platform, STATE);
    assert.deepEqual(await stopDaemon(platform), { kind: "stopped", pid: STATE.pid });
    assert.deepEqual(killed, [`SIGTERM ${STATE.pid}`, `SIGKILL ${STATE.pid}`]);
    assert.equal(await readDaemonState(platform), null);
  });
});

Deno.test("a process that does not hold the lock is never killed, whatever the state file says", () => {
  const { killed, processes } = recorded();
  return withPlatform({ env: ENV, processes }, async (base) => {
    const platform = alone(base);
    const lock = await platform.files.lock(userPaths(platform).daemonLock);
    await writeDaemonState(platform, { ...STATE, pid: 1 });
    await assert.rejects(stopDaemon(platform), { code: "daemon_stuck" });
    assert.deepEqual(killed, []);
    await lock.release();
  });
});

Deno.test("a daemon that has its lock but no state file yet is waited for, not overlooked", () => {
  const holder = { end: () => Promise.resolve(), ending: Promise.resolve() };
  const { killed, processes } = recorded(() => {
    holder.ending = holder.end();
  });
  return withPlatform({ env: ENV, processes }, async (base) => {
    let waits = 0;
    const platform = awaiting(alone(base), async () => {
      if (++waits === 3) await writeDaemonState(platform, STATE);
      await holder.ending;
    });
    holder.end = (await platform.files.lock(userPaths(platform).daemonLock)).release;
    assert.deepEqual(await stopDaemon(platform), { kind: "stopped", pid: STATE.pid });
    assert.deepEqual(killed, [`SIGTERM ${STATE.pid}`]);
  });
});

/** A machine where something real happens during every wait. */
function awaiting(platform: TestPlatform, happening: () => Promise<void>): TestPlatform {
  const { clock } = platform;
  const sleep: typeof clock.sleep = async (ms, options) => {
    await happening();
    await clock.sleep(ms, options);
  };
  return { ...platform, clock: { ...clock, sleep } };
}

for (
  const [part, env] of [
    ["host", { SPEC_KITTY_SAAS_URL: "https://other.example" }],
    ["team", { TRACKER_TEAM: "other" }],
    ["credential", { TRACKER_TOKEN: "another" }],
  ] as const
) {
  Deno.test(`a running daemon that serves another ${part} is replaced`, () => {
    const before = {
      SPEC_KITTY_SAAS_URL: "https://host.example",
      TRACKER_TOKEN: "secret",
      TRACKER_TEAM: "acme",
    };
    return withPlatform({ env: { ...ENV, ...before } }, async (base) => {
      const first = await servingNow(base);
      for (const [name, value] of Object.entries(env)) base.setEnv(name, value);
      const second = await servingNow(base);
      assert.equal(mismatchOf(first, second), part);
      assert.equal(mismatchOf(first, first), null);
    });
  });
}

Deno.test("the state of a daemon tells nothing of its credential", () =>
  withPlatform({
    env: { ...ENV, SPEC_KITTY_SAAS_URL: "https://host.example", TRACKER_TOKEN: "secret-token" },
  }, async (platform) => {
    const { credential } = await servingNow(platform);
    assert.match(credential ?? "", /^[0-9a-f]{16}$/);
  }));

Deno.test("a daemon that answers but serves somebody else is ended before the new one starts", () => {
  const { started, processes } = recorded();
  return withPlatform({
    env: { ...ENV, SPEC_KITTY_SAAS_URL: "https://host.example" },
    processes,
  }, async (base) => {
    const platform = alone(base);
    await writeDaemonState(platform, { ...STATE, host: "https://other.example" });
    await assert.rejects(startDaemon({ platform, version: "1", command: COMMAND }));
    assert.equal(started.length, 1);
  });
});

Deno.test("a daemon of an older version is asked to stop, another program's state is left alone", () => {
  const stops: string[] = [];
  return withPlatform({ env: ENV }, async (base) => {
    const platform = {
      ...base,
      fetch: (request: Request) => {
        stops.push(new URL(request.url).pathname);
        return Promise.resolve(Response.json({}));
      },
    };
    const { old } = userPaths(platform);
    const foreign = "http://127.0.0.1:9400\n9400\ntoken\n4711\n";
    await platform.files.writeAtomic(old.daemonState, foreign);
    await endOldDaemon(platform);
    assert.equal(await platform.files.readText(old.daemonState), foreign);
    assert.deepEqual(stops, []);
    const { host: _h, team: _t, credential: _c, ...ours } = STATE;
    await platform.files.writeAtomic(old.daemonState, JSON.stringify(ours));
    assert.deepEqual(await stopDaemon(platform), { kind: "stopped", pid: STATE.pid });
    assert.deepEqual(stops, ["/stop"]);
    assert.equal(await platform.files.stat(old.daemonState), null);
  });
});

Deno.test("a daemon of an older version that answers shows as running, one that is gone as stopped", () => {
  let answers = true;
  const { host: _h, team: _t, credential: _c, ...ours } = STATE;
  const health = {
    status: "ok",
    pid: ours.pid,
    version: ours.version,
    started_at: ours.started_at,
    last_cycle_at: null,
    last_outcome: null,
    uploaded: 0,
  };
  return withPlatform({ env: ENV }, async (base) => {
    const platform = {
      ...base,
      fetch: () => answers ? Promise.resolve(Response.json(health)) : Promise.reject(new Error()),
    };
    await platform.files.writeAtomic(
      userPaths(platform).old.daemonState,
      JSON.stringify(ours),
    );
    assert.equal((await daemonStatus(platform)).kind, "running");
    assert.equal(await requestStop(platform), true, "the command that stops it is there");
    answers = false;
    assert.equal((await daemonStatus(platform)).kind, "stopped");
  });
});
