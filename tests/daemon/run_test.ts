import assert from "node:assert/strict";
import { askHealth, askStop, askTrigger } from "../../src/daemon/control_client.ts";
import { runDaemon } from "../../src/daemon/run.ts";
import {
  type DaemonState,
  givesSignsOfLife,
  readDaemonState,
  writeDaemonState,
} from "../../src/daemon/state.ts";
import { daemonStatus, triggerDaemon } from "../../src/daemon/status.ts";
import { stopDaemon } from "../../src/daemon/stop.ts";
import { systemFiles } from "../../src/platform/files.ts";
import { systemPlatform } from "../../src/platform/system.ts";
import { userPaths } from "../../src/user/paths.ts";
import { isStopRequested, requestStop } from "../../src/daemon/stop_request.ts";
import { type TestPlatform, withPlatform } from "../support/platform.ts";
import { daemonState } from "../support/daemon_state.ts";
import { until, untilSo } from "../support/until.ts";

const ENV = { SPEC_KITTY_ENABLE_SAAS_SYNC: "1" };

/** A test's machine whose loopback is real. */
function onLoopback(platform: TestPlatform): TestPlatform {
  return { ...platform, fetch: systemPlatform().fetch };
}

function ready(): { promise: Promise<DaemonState>; onReady: (state: DaemonState) => void } {
  const { promise, resolve } = Promise.withResolvers<DaemonState>();
  return { promise, onReady: resolve };
}

Deno.test("the daemon answers while it works, tells how it goes, and stops when it is asked", () =>
  withPlatform({ env: ENV }, async (base) => {
    const platform = onLoopback(base);
    const { promise, onReady } = ready();
    let cycles = 0;
    const outcome = await runDaemon({
      platform,
      version: "1.2.3",
      onReady,
      async cycle() {
        cycles++;
        const state = await promise;
        if (cycles === 2) {
          const reply = await askHealth(platform, state);
          const health = reply.kind === "answered" ? reply.value : null;
          assert.equal(health?.last_outcome, "uploaded 5");
          assert.equal(health?.uploaded, 5);
          assert.equal((await daemonStatus(platform)).kind, "running");
          assert.equal((await askTrigger(platform, state)).kind, "answered");
          const stranger = { ...state, token: "f".repeat(64) };
          assert.equal((await askStop(platform, stranger)).kind, "absent");
          assert.equal((await askStop(platform, state)).kind, "answered");
        }
        return { kind: "worked", count: 5 };
      },
    });
    assert.deepEqual(outcome, { kind: "ended", reason: "asked" });
    assert.equal(cycles, 2);
    assert.equal(await readDaemonState(platform), null);
    assert.equal((await askHealth(platform, await promise)).kind, "absent");
    const log = await platform.files.readText(userPaths(platform).daemonLog) ?? "";
    assert.match(log, /"uploaded 5"/);
    assert.equal(log.includes((await promise).token), false);
  }));

Deno.test("SIGTERM ends the daemon, and its work is told", () =>
  withPlatform({ env: ENV }, async (base) => {
    const platform = onLoopback(base);
    let isTold = false;
    const outcome = await runDaemon({
      platform,
      version: "1",
      cycle(signal) {
        platform.raise("SIGTERM");
        isTold = signal.aborted;
        return Promise.resolve({ kind: "idle" });
      },
    });
    assert.deepEqual([outcome, isTold], [{ kind: "ended", reason: "SIGTERM" }, true]);
    assert.equal(await platform.files.stat(userPaths(platform).daemonState), null);
  }));

Deno.test("15 idle minutes end the daemon without a trace but its log", () =>
  withPlatform({ env: ENV }, async (base) => {
    const platform = onLoopback(base);
    const outcome = await runDaemon({
      platform,
      version: "1",
      cycle: () => Promise.resolve({ kind: "idle" }),
    });
    assert.deepEqual(outcome, { kind: "ended", reason: "idle" });
    const names = (await platform.files.list(userPaths(platform).own)).map(({ name }) => name);
    assert.deepEqual(names, ["daemon.lock", "daemon.log"]);
  }));

Deno.test("with the gate off the daemon does not run and touches no file", () =>
  withPlatform({}, async (platform) => {
    await assert.rejects(runDaemon({ platform, version: "1" }), { code: "rollout_disabled" });
    assert.deepEqual(await platform.files.list(platform.home), []);
  }));

Deno.test("signed out, the daemon is blocked and goes after 15 minutes", () =>
  withPlatform({ env: ENV }, async (base) => {
    const platform = onLoopback(base);
    const outcome = await runDaemon({ platform, version: "1" });
    assert.deepEqual(outcome, { kind: "ended", reason: "idle" });
    const log = await platform.files.readText(userPaths(platform).daemonLog) ?? "";
    assert.match(log, /blocked: No SaaS host URL is configured/);
  }));

Deno.test("a second daemon of the same version goes at once, one of another version takes over", () =>
  withPlatform({ env: ENV }, async (base) => {
    const platform = onLoopback(base);
    const { promise, onReady } = ready();
    let isAsked = false;
    const first = runDaemon({
      platform,
      version: "1",
      onReady,
      cycle: (signal) =>
        new Promise((resolve) =>
          signal.addEventListener("abort", () => {
            isAsked = true;
            resolve({ kind: "idle" });
          }, { once: true })
        ),
    });
    await promise;
    const second = await runDaemon({ platform, version: "1" });
    assert.deepEqual(second, { kind: "already_running", pid: platform.system.pid });
    // Time passes for the third only as the first gets on with its end.
    const clock = {
      ...platform.clock,
      async sleep(ms: number) {
        if (isAsked) await first;
        await platform.clock.sleep(ms);
      },
    };
    const third = await runDaemon({
      platform: { ...platform, clock, files: systemFiles(clock, platform.random) },
      version: "2",
      cycle: () => Promise.reject(new Error("no network")),
      onReady: () => base.raise("SIGTERM"),
    });
    assert.deepEqual(await first, { kind: "ended", reason: "asked" });
    assert.deepEqual(third, { kind: "ended", reason: "SIGTERM" });
  }));

Deno.test("a user directory that is removed ends the daemon instead of coming back", () =>
  withPlatform({ env: ENV }, async (base) => {
    const platform = onLoopback(base);
    const { root } = userPaths(platform);
    const outcome = await runDaemon({
      platform,
      version: "1",
      async cycle() {
        await platform.files.remove(root);
        // News, which the log is told of.
        return { kind: "blocked", reason: "No SaaS host URL is configured." };
      },
    });
    assert.deepEqual(outcome, { kind: "ended", reason: "removed" });
    assert.equal(await platform.files.stat(root), null);
  }));

Deno.test("a user directory that was removed and made again by another daemon ends the first", () =>
  withPlatform({ env: ENV }, async (base) => {
    const platform = onLoopback(base);
    const { root, daemonLock, daemonState } = userPaths(platform);
    let cycles = 0;
    const outcome = await runDaemon({
      platform,
      version: "1",
      async cycle() {
        cycles++;
        await platform.files.remove(root);
        const other = { pid: platform.system.pid + 1, purpose: "background daemon" };
        await platform.files.writeAtomic(daemonLock, JSON.stringify(other));
        return { kind: "worked", count: 1 };
      },
    });
    assert.deepEqual(outcome, { kind: "ended", reason: "removed" });
    assert.equal(cycles, 1);
    assert.equal(await platform.files.stat(daemonState), null);
  }));

Deno.test("a request to stop ends the daemon before its next upload, and is taken away", () =>
  withPlatform({ env: ENV }, async (base) => {
    const platform = onLoopback(base);
    let cycles = 0;
    const outcome = await runDaemon({
      platform,
      version: "1",
      async cycle() {
        cycles++;
        assert.equal(await requestStop({ ...platform, env: base.env }), true);
        return { kind: "worked", count: 1 };
      },
    });
    assert.deepEqual(outcome, { kind: "ended", reason: "hosted sync is off" });
    assert.equal(cycles, 1);
    assert.equal(await isStopRequested(platform), false);
  }));

Deno.test("a request to stop that comes before the first upload keeps it from being made", () =>
  withPlatform({ env: ENV }, async (base) => {
    const platform = onLoopback(base);
    let cycles = 0;
    const outcome = await runDaemon({
      platform,
      version: "1",
      onReady() {
        Deno.writeTextFileSync(userPaths(platform).daemonStopRequest, "hosted sync is off\n");
      },
      cycle() {
        cycles++;
        return Promise.resolve({ kind: "worked", count: 1 });
      },
    });
    assert.deepEqual(outcome, { kind: "ended", reason: "hosted sync is off" });
    assert.equal(cycles, 0);
  }));

Deno.test("a request to stop interrupts a long upload between its batches", () =>
  withPlatform({ env: ENV }, async (base) => {
    const platform = onLoopback(base);
    let isAborted = false;
    const outcome = await runDaemon({
      platform,
      version: "1",
      async cycle(signal, onProgress) {
        await requestStop(platform);
        platform.clock.advance(10_000);
        onProgress();
        await untilSo(() => signal.aborted);
        isAborted = true;
        return { kind: "worked", count: 1 };
      },
    });
    assert.equal(isAborted, true);
    assert.deepEqual(outcome, { kind: "ended", reason: "hosted sync is off" });
  }));

Deno.test("without a daemon's state nothing asks for its end", () =>
  withPlatform({}, async (platform) => {
    assert.equal(await requestStop(platform), false);
    assert.deepEqual(await platform.files.list(platform.home), []);
  }));

Deno.test("a long round of work keeps giving signs of life", () =>
  withPlatform({ env: ENV }, async (base) => {
    const platform = onLoopback(base);
    let seen: DaemonState | null = null;
    const outcome = await runDaemon({
      platform,
      version: "1",
      async cycle(_signal, onProgress) {
        for (let batch = 0; batch < 20; batch++) {
          platform.clock.advance(20_000);
          onProgress();
          // The file is written beside the work.
          seen = await until(async () => {
            const state = await readDaemonState(platform);
            return state !== null && givesSignsOfLife(platform, state) ? state : null;
          });
        }
        base.raise("SIGTERM");
        return { kind: "worked", count: 1 };
      },
    });
    assert.deepEqual(outcome, { kind: "ended", reason: "SIGTERM" });
    assert.notEqual(seen, null);
    assert.equal(await readDaemonState(platform), null);
  }));

Deno.test("a sign of life that is still being given when the daemon ends leaves no state behind", async () => {
  let late = Promise.resolve();
  let isSlow = false;
  const begun = Promise.withResolvers<void>();
  await withPlatform({
    env: ENV,
    files: (real) => ({
      ...real,
      writeAtomic(path, ...given) {
        if (!isSlow || !path.endsWith("/daemon.json")) return real.writeAtomic(path, ...given);
        const slowly = async () => {
          for (let turn = 0; turn < 200; turn++) await real.realPath(path);
          await real.writeAtomic(path, ...given);
        };
        begun.resolve();
        return late = slowly();
      },
    }),
  }, async (base) => {
    const platform = onLoopback(base);
    const outcome = await runDaemon({
      platform,
      version: "1",
      async cycle(_signal, onProgress) {
        isSlow = true;
        platform.clock.advance(60_000);
        onProgress();
        await begun.promise;
        // A look at nothing but whether it may still run, while the sign is on its way.
        platform.clock.advance(6_000);
        onProgress();
        base.raise("SIGTERM");
        return { kind: "worked", count: 1 };
      },
    });
    assert.deepEqual(outcome, { kind: "ended", reason: "SIGTERM" });
    await late;
    assert.equal(await readDaemonState(platform), null);
  });
});

Deno.test("a state file without a live daemon is stale, and a stop clears it away", () =>
  withPlatform({ env: ENV }, async (base) => {
    const platform = onLoopback(base);
    const state: DaemonState = daemonState({ pid: 1, port: 9 });
    await writeDaemonState(platform, state);
    assert.equal((await daemonStatus(platform)).kind, "stale");
    assert.equal((await triggerDaemon(platform)).kind, "absent");
    assert.deepEqual(await stopDaemon(platform), { kind: "stale", pid: 1 });
    for (const text of ["{", "{}", `{"pid": -1}`]) {
      await platform.files.writeAtomic(userPaths(platform).daemonState, text);
      assert.equal(await readDaemonState(platform), null);
      assert.deepEqual(await daemonStatus(platform), { kind: "stopped" });
      assert.deepEqual(await stopDaemon(platform), { kind: "not_running" });
      assert.equal(await platform.files.stat(userPaths(platform).daemonState), null);
    }
  }));
