import assert from "node:assert/strict";
import { daemonCommand } from "../../src/daemon/command.ts";
import { startDaemon } from "../../src/daemon/start.ts";
import { daemonStatus, triggerDaemon } from "../../src/daemon/status.ts";
import { readDaemonState } from "../../src/daemon/state.ts";
import { stopDaemon } from "../../src/daemon/stop.ts";
import type { Platform } from "../../src/platform/platform.ts";
import { userPaths } from "../../src/user/paths.ts";
import { untilSo } from "../support/until.ts";
import { machine } from "./events_setup.ts";

const MAIN = new URL("./events_daemon_main.ts", import.meta.url).href;

/** Runs a test with a user directory of its own; no daemon outlives it. */
async function withHome(test: (platform: Platform) => Promise<void>): Promise<void> {
  const home = await Deno.makeTempDir({ prefix: "tracker-daemon-" });
  const platform = machine({ SPEC_KITTY_HOME: home, SPEC_KITTY_ENABLE_SAAS_SYNC: "1" }, MAIN);
  try {
    await test(platform);
  } finally {
    await stopDaemon(platform);
    await Deno.remove(home, { recursive: true });
  }
}

function start(platform: Platform, version = "1.0.0") {
  return startDaemon({ platform, version });
}

/** Waits until a process has ended. */
function gone(pid: number): Promise<void> {
  return untilSo(async () => {
    // Our own child may stay a zombie until it is reaped: the lock tells the truth, and so does its state.
    const stat = await Deno.readTextFile(`/proc/${pid}/stat`).catch(() => null);
    return stat === null || / Z /.test(stat);
  });
}

Deno.test("a daemon starts detached, answers, is triggered, and a stop leaves nothing", () =>
  withHome(async (platform) => {
    const started = await start(platform);
    assert.equal(started.kind, "started");
    const status = await daemonStatus(platform);
    assert.equal(status.kind, "running");
    assert.equal(status.kind === "running" && status.health.pid, started.pid);
    assert.equal("facts" in status && "token" in status.facts, false);
    const facts = await platform.files.stat(userPaths(platform).daemonState);
    assert.equal(facts?.mode, 0o600);
    assert.equal((await triggerDaemon(platform)).kind, "answered");
    assert.deepEqual(await start(platform), { ...started, kind: "running" });
    assert.deepEqual(await stopDaemon(platform), { kind: "stopped", pid: started.pid });
    assert.equal(await platform.files.stat(userPaths(platform).daemonState), null);
    await gone(started.pid);
    assert.deepEqual(await daemonStatus(platform), { kind: "stopped" });
    assert.deepEqual(await stopDaemon(platform), { kind: "not_running" });
    assert.equal((await triggerDaemon(platform)).kind, "absent");
    const log = await platform.files.readText(userPaths(platform).daemonLog) ?? "";
    assert.match(log, /"started".*\n.*"stopped","reason":"asked"/s);
  }));

Deno.test("ten starts at once end with one daemon", () =>
  withHome(async (platform) => {
    const starts = await Promise.all(Array.from({ length: 10 }, () => start(platform)));
    assert.equal(new Set(starts.map(({ pid }) => pid)).size, 1);
    assert.equal(starts.filter(({ kind }) => kind === "started").length, 1);
    const log = await platform.files.readText(userPaths(platform).daemonLog) ?? "";
    assert.equal(log.split(`"message":"started"`).length - 1, 1);
  }));

Deno.test("five daemons run at once in the foreground: one stays, the others say who", () =>
  withHome(async (platform) => {
    const home = userPaths(platform).root;
    const children = Array.from({ length: 5 }, () =>
      new Deno.Command(Deno.execPath(), {
        args: ["run", "--quiet", "--no-check", "-A", MAIN, "daemon", "run"],
        env: { SPEC_KITTY_HOME: home, SPEC_KITTY_ENABLE_SAAS_SYNC: "1" },
        stdout: "piped",
      }).spawn());
    const outputs = children.map((child) => new Response(child.stdout).text());
    let ended = 0;
    for (const child of children) child.status.then(() => ended++);
    await untilSo(() => ended === 4);
    const state = await readDaemonState(platform);
    const survivor = children.findIndex((child) => child.pid === state?.pid);
    children[survivor]?.kill("SIGTERM");
    const said = (await Promise.all(outputs)).map((text) => JSON.parse(text));
    assert.deepEqual(said[survivor], { kind: "ended", reason: "SIGTERM" });
    assert.equal(said.filter(({ kind }) => kind === "already_running").length, 4);
    assert.equal(await platform.files.stat(userPaths(platform).daemonState), null);
  }));

Deno.test("after kill -9 the state is stale, and a new start recovers", () =>
  withHome(async (platform) => {
    const first = await start(platform);
    platform.processes.kill(first.pid, "SIGKILL");
    await gone(first.pid);
    assert.equal((await daemonStatus(platform)).kind, "stale");
    const second = await start(platform);
    assert.equal(second.kind, "started");
    assert.notEqual(second.pid, first.pid);
    platform.processes.kill(second.pid, "SIGKILL");
    await gone(second.pid);
    assert.deepEqual(await stopDaemon(platform), { kind: "stale", pid: second.pid });
    assert.equal(await platform.files.stat(userPaths(platform).daemonState), null);
  }));

Deno.test("a daemon of another version is asked to stop and replaced", () =>
  withHome(async (platform) => {
    const { command, args } = await daemonCommand(platform);
    const version = "0.0.9";
    const older = { command, args: [...args, version] };
    const old = await startDaemon({ platform, version, command: older });
    const started = await start(platform);
    assert.equal(started.kind === "started" && started.replaced, "version");
    assert.notEqual(started.pid, old.pid);
    await gone(old.pid);
    assert.equal((await readDaemonState(platform))?.version, "1.0.0");
  }));

Deno.test("a daemon that hangs is ended by a signal", () =>
  withHome(async (platform) => {
    const { pid } = await start(platform);
    Deno.kill(pid, "SIGSTOP");
    assert.deepEqual(await stopDaemon(platform), { kind: "stopped", pid });
    await gone(pid);
  }));

Deno.test("a process with narrow permissions starts a daemon with no wider ones", () =>
  withHome(async (platform) => {
    const home = userPaths(platform).root;
    const variables = ["SPEC_KITTY_HOME", "SPEC_KITTY_ENABLE_SAAS_SYNC", "SPEC_KITTY_SAAS_URL"];
    const { stdout, stderr } = await platform.processes.run({
      command: Deno.execPath(),
      args: [
        "run",
        "--quiet",
        "--no-check",
        "--no-prompt",
        `--allow-read=${home},${Deno.execPath()}`,
        `--allow-write=${home}`,
        "--allow-net=127.0.0.1",
        `--allow-env=${variables.join(",")}`,
        `--allow-run=${Deno.execPath()}`,
        new URL("./events_daemon_starting.ts", import.meta.url).pathname,
        MAIN,
      ],
      env: { SPEC_KITTY_HOME: home, SPEC_KITTY_ENABLE_SAAS_SYNC: "1" },
    });
    assert.equal(new TextDecoder().decode(stderr), "");
    const started = JSON.parse(new TextDecoder().decode(stdout));
    assert.equal(started.kind, "started");
    const status = await daemonStatus(platform);
    assert.equal(status.kind, "running");
    // The process that started it has ended: the daemon lives on without it.
    const words = (await Deno.readTextFile(`/proc/${started.pid}/cmdline`)).split("\0");
    assert.ok(words.includes(`--allow-read=${home}`));
    assert.equal(words.some((word) => /^(-A|--allow-all|--allow-run)/.test(word)), false);
  }));
