import assert from "node:assert/strict";
import { uploadInBackground } from "../../src/daemon/background_upload.ts";
import { ensureDaemonRunning } from "../../src/daemon/intent.ts";
import { endOldDaemon } from "../../src/daemon/old_daemon.ts";
import { servingNow } from "../../src/daemon/serving.ts";
import { beginDaemon, startDaemon } from "../../src/daemon/start.ts";
import { readStartNote, settleStart, untoldFailure } from "../../src/daemon/start_note.ts";
import { type DaemonState, readDaemonState, writeDaemonState } from "../../src/daemon/state.ts";
import { daemonStatus } from "../../src/daemon/status.ts";
import { stopDaemon } from "../../src/daemon/stop.ts";
import { NotCapableError } from "../../src/platform/not_capable.ts";
import type { Platform } from "../../src/platform/platform.ts";
import type { Processes } from "../../src/platform/processes.ts";
import { userPaths } from "../../src/user/paths.ts";
import { daemonState } from "../support/daemon_state.ts";
import { type TestPlatform, withPlatform } from "../support/platform.ts";

const ENV = { SPEC_KITTY_ENABLE_SAAS_SYNC: "1" };
const COMMAND = { command: "/bin/tracker", args: ["daemon", "run"] };
const NEEDED = /permission needed: net "127\.0\.0\.1", with `--allow-net=127\.0\.0\.1`/;

interface Machine {
  readonly platform: Platform;
  readonly base: TestPlatform;
  readonly started: string[];
  readonly state: DaemonState;
}

interface MachineOptions {
  /** What this process may do besides the network; all unless given. */
  readonly permission?: Platform["system"]["permission"];
  readonly isAlive?: boolean | null;
}

/** Runs a test beside a daemon that runs, as its lock shows, in a process that may not ask it. */
async function besideDaemon(
  test: (machine: Machine) => Promise<void>,
  { permission = () => "granted", isAlive = true }: MachineOptions = {},
): Promise<void> {
  const started: string[] = [];
  const processes: Processes = {
    run: () => Promise.reject(new Error("not here")),
    runAttached: () => Promise.reject(new Error("not here")),
    startDetached({ command }) {
      started.push(command);
      return 4711;
    },
    kill: () => false,
  };
  await withPlatform({
    env: ENV,
    processes,
    system: { isAlive: () => isAlive, permission },
  }, async (base) => {
    const platform = {
      ...base,
      fetch: (request: Request) =>
        Promise.reject(new NotCapableError("net", new URL(request.url).host)),
    };
    const state = daemonState({ ...await servingNow(platform) });
    const lock = await platform.files.lock(userPaths(platform).daemonLock);
    await writeDaemonState(platform, state);
    try {
      await test({ platform, base, started, state });
    } finally {
      await lock.release();
    }
  });
}

const WITHOUT_LOOPBACK: Platform["system"]["permission"] = (kind) =>
  kind === "net" || kind === "run" ? "denied" : "granted";

Deno.test("a daemon that may not be asked is not called stopped: the status says what would allow it", () =>
  besideDaemon(async ({ platform, state }) => {
    const status = await daemonStatus(platform);
    assert.ok(status.kind === "unknown", status.kind);
    assert.equal(status.facts.pid, state.pid);
    assert.match(status.reason, NEEDED);
    assert.doesNotMatch(status.reason, /4000/, "the next daemon has another port");
  }));

Deno.test("a daemon that may not be asked and has no process is gone", () =>
  besideDaemon(async ({ platform }) => {
    assert.equal((await daemonStatus(platform)).kind, "stale");
  }, { isAlive: false }));

Deno.test("a daemon that does not answer in time is not called stopped", () =>
  besideDaemon(async ({ base }) => {
    const platform = {
      ...base,
      clock: { ...base.clock, deadline: () => ({ signal: AbortSignal.abort(), clear() {} }) },
      fetch: (request: Request) => Promise.reject(request.signal.reason),
    };
    const status = await daemonStatus(platform);
    assert.ok(status.kind === "unknown", status.kind);
    assert.equal(status.reason, "it did not answer within 2 s");
  }));

Deno.test("beside a daemon that may not be asked no second one is started, and nothing is warned of", () =>
  besideDaemon(async ({ platform, started, state }) => {
    const options = { platform, version: state.version, command: COMMAND };
    const running = { pid: state.pid, replaced: null };
    assert.deepEqual(await beginDaemon(options), { kind: "running", ...running });
    assert.deepEqual(await startDaemon(options), { kind: "running", port: state.port, ...running });
    const asked = { platform, version: state.version, intent: "remote_required" } as const;
    const outcome = { started: true, skippedReason: null, pid: state.pid };
    assert.deepEqual(await ensureDaemonRunning(asked), outcome);
    assert.deepEqual(await uploadInBackground(asked), outcome);
    assert.deepEqual(started, []);
  }, { permission: WITHOUT_LOOPBACK }));

Deno.test("one of another version that may not be asked to stop stays, and the reason is said", () =>
  besideDaemon(async ({ platform, started, state }) => {
    const asked = { platform, version: "2", intent: "remote_required" } as const;
    const { started: isStarted, skippedReason } = await ensureDaemonRunning(asked);
    assert.deepEqual([isStarted, started], [false, []]);
    assert.match(skippedReason ?? "", NEEDED);
    assert.deepEqual(await readDaemonState(platform), state);
  }, { permission: WITHOUT_LOOPBACK }));

Deno.test("a daemon that may neither be asked to stop nor be sent a signal is not called stopped", () =>
  besideDaemon(async ({ platform, state }) => {
    await assert.rejects(stopDaemon(platform), { name: "NotCapable", message: /127\.0\.0\.1"/ });
    assert.deepEqual(await readDaemonState(platform), state);
  }, { permission: WITHOUT_LOOPBACK }));

Deno.test("the state of an older daemon that may not be asked to stop stays", () =>
  besideDaemon(async ({ platform }) => {
    const { old } = userPaths(platform);
    const { host: _h, team: _t, credential: _c, ...ours } = daemonState();
    await platform.files.writeAtomic(old.daemonState, JSON.stringify(ours));
    await assert.rejects(endOldDaemon(platform), { name: "NotCapable" });
    assert.notEqual(await platform.files.readText(old.daemonState), null);
  }));

Deno.test("a start that was denied is told once, and kept for the status until a daemon runs", () =>
  withPlatform({
    env: ENV,
    system: { permission: (kind) => kind === "run" ? "denied" : "granted" },
  }, async (platform) => {
    const asked = { platform, version: "1", intent: "remote_required" } as const;
    const { skippedReason } = await ensureDaemonRunning(asked);
    const reason = `permission needed: run "${platform.system.execPath()}", with ` +
      `\`--allow-run=${platform.system.execPath()}\``;
    assert.equal(skippedReason, `start_failed: ${reason}`);
    assert.deepEqual(await daemonStatus(platform), { kind: "failed", pid: null, reason });
    assert.equal(await untoldFailure(platform), null, "the command that was denied has told of it");
    await settleStart(platform, null);
    assert.equal(await readStartNote(platform), null);
  }));
