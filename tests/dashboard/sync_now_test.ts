import assert from "node:assert/strict";
import { TOKEN_HEADER } from "../../src/dashboard/guard.ts";
import { MANUAL_MODE_NOTICE } from "../../src/daemon/manual_mode.ts";
import { writeDaemonState } from "../../src/daemon/state.ts";
import { queueOwner } from "../../src/events/open.ts";
import type { Platform } from "../../src/platform/platform.ts";
import { GATE_ON } from "../support/cli.ts";
import { everythingBelow, HOST, pressed, SIGNED_IN, TOKEN, withScene } from "./support.ts";

/** A daemon of the test's own: its state file, and what it answers. */
function daemonOf(platform: Platform, cycle: () => Promise<string> | string) {
  const calls: string[] = [];
  let last: { last_cycle_at: string; last_outcome: string } | null = null;
  const state = {
    pid: 4711,
    port: 4801,
    token: "0123456789abcdef",
    version: "1.2.3",
    host: null,
    team: null,
    credential: null,
    started_at: "2026-01-01T00:00:00Z",
    heartbeat: "2026-01-01T00:00:00Z",
  };
  return {
    calls,
    platform: {
      ...platform,
      async fetch(request: Request) {
        const { pathname, host } = new URL(request.url);
        assert.equal(host, "127.0.0.1:4801");
        calls.push(`${request.method} ${pathname}`);
        if (pathname === "/trigger") {
          const last_outcome = await cycle();
          last = { last_cycle_at: new Date(platform.clock.now()).toISOString(), last_outcome };
          return Response.json({ status: "triggered" }, { status: 202 });
        }
        const { pid, version, started_at } = state;
        const rest = last ?? { last_cycle_at: null, last_outcome: null };
        return Response.json({ status: "ok", pid, version, started_at, uploaded: 0, ...rest });
      },
    },
    startDaemon: async () => {
      calls.push("start");
      await writeDaemonState(platform, state);
      return { pid: state.pid };
    },
  };
}

async function takeFromQueue(platform: Platform): Promise<void> {
  const { path } = await queueOwner(platform);
  await Deno.remove(path);
}

async function setPolicy(home: string, policy: string): Promise<void> {
  await Deno.mkdir(`${home}/.spec-kitty`, { recursive: true });
  await Deno.writeTextFile(
    `${home}/.spec-kitty/config.toml`,
    `[sync]\nbackground_daemon = "${policy}"\n`,
  );
}

Deno.test("only the page itself may press Sync now", () =>
  withScene({ env: SIGNED_IN }, async ({ platform, ask }) => {
    await setPolicy(platform.home, "manual");
    const before = await everythingBelow(platform.home);
    const without = (name: string) => {
      const init = pressed();
      const headers = new Headers(init.headers);
      headers.delete(name);
      return { ...init, headers };
    };
    for (
      const [what, init] of [
        ["no origin", without("origin")],
        ["no token", without(TOKEN_HEADER)],
        ["a wrong token", pressed({ [TOKEN_HEADER]: `${TOKEN}0` })],
        ["a page elsewhere", pressed({ origin: "https://evil.example" })],
        ["a page on another port", pressed({ origin: "http://127.0.0.1:4601" })],
        ["another scheme", pressed({ origin: `https://${HOST}` })],
        ["another name of this machine", pressed({ origin: "http://localhost:4600" })],
        ["an opaque origin", pressed({ origin: "null" })],
        ["another site", pressed({ "sec-fetch-site": "cross-site" })],
        ["another site of this machine", pressed({ "sec-fetch-site": "same-site" })],
      ] as const
    ) {
      const answer = await ask("sync-now", init, {
        startDaemon: () => Promise.reject(new Error("The daemon was started")),
      });
      assert.equal(answer.status, 403, what);
      await answer.body?.cancel();
    }
    assert.equal((await ask("sync-now", pressed())).status, 200);
    assert.equal((await ask("sync-now", without("sec-fetch-site"))).status, 200);
    assert.deepEqual(await everythingBelow(platform.home), before);
  }));

Deno.test("in manual mode nothing is started or sent, and the notice is the one of the commands", () =>
  withScene({ env: SIGNED_IN }, async ({ platform, queue, press }) => {
    await queue(2);
    await setPolicy(platform.home, "manual");
    const before = await everythingBelow(platform.home);
    const startDaemon = () => Promise.reject(new Error("The daemon was started"));
    assert.deepEqual(await press({ startDaemon }), { kind: "manual", notice: MANUAL_MODE_NOTICE });
    assert.deepEqual(await everythingBelow(platform.home), before);
  }));

Deno.test("in manual mode the notice comes even when nobody is signed in", () =>
  withScene({ env: GATE_ON }, async ({ platform, press }) => {
    await setPolicy(platform.home, "manual");
    assert.equal((await press()).kind, "manual");
  }));

Deno.test("in automatic mode the daemon is started, told to upload, and what it did is reported", () =>
  withScene({ env: SIGNED_IN }, async ({ platform, queue, press }) => {
    await queue(3);
    const daemon = daemonOf(platform, async () => {
      await takeFromQueue(platform);
      return "uploaded 3";
    });
    assert.deepEqual(await press(daemon), { kind: "uploaded", uploaded: 3, remaining: 0 });
    assert.deepEqual(daemon.calls, ["start", "POST /trigger"]);
  }));

Deno.test("events from before the login count as waiting, since an upload takes them along", () =>
  withScene({ env: GATE_ON }, async ({ platform, queue, json }) => {
    await queue(1);
    for (const [name, value] of Object.entries(SIGNED_IN)) platform.setEnv(name, value);
    await queue(2);
    assert.equal((await json("state.json")).queue.pending, 3);
  }));

Deno.test("with an empty queue the daemon runs on and nothing was waiting", () =>
  withScene({ env: SIGNED_IN }, async ({ platform, press }) => {
    await setPolicy(platform.home, "auto");
    const daemon = daemonOf(platform, () => "idle");
    assert.deepEqual(await press(daemon), { kind: "nothing_waiting" });
    assert.deepEqual(daemon.calls, ["start", "POST /trigger"]);
  }));

Deno.test("presses at the same time are one upload", () =>
  withScene({ env: SIGNED_IN }, async ({ platform, queue }) => {
    await queue(1);
    const daemon = daemonOf(platform, async () => {
      await takeFromQueue(platform);
      return "uploaded 1";
    });
    const { dashboardHandler } = await import("../../src/dashboard/handler.ts");
    const { request } = await import("./support.ts");
    const handler = dashboardHandler({
      root: null,
      version: "1.2.3",
      token: TOKEN,
      port: () => 4600,
      ...daemon,
    });
    const answers = await Promise.all(
      [1, 2, 3].map(async () => await (await handler(request("sync-now", pressed()))).json()),
    );
    for (const answer of answers) assert.equal(answer.kind, "uploaded");
    assert.deepEqual(daemon.calls, ["start", "POST /trigger"]);
  }));

Deno.test("an upload that fails is reported with its reason; everything stays queued", () =>
  withScene({ env: SIGNED_IN }, async ({ platform, queue, press, json }) => {
    await queue(1);
    const daemon = daemonOf(platform, () => "failed: The host answered 503\u001b[31m");
    assert.deepEqual(await press(daemon), {
      kind: "failed",
      message: "The upload did not succeed: The host answered 503‹U+001B›[31m",
      next_action: "Everything stays queued.",
    });
    assert.equal((await json("state.json")).queue.pending, 1);
  }));

Deno.test("a daemon that is still at work after a while is reported as such", () =>
  withScene({ env: SIGNED_IN }, async ({ platform, queue, press }) => {
    await queue(2);
    const before = platform.clock.monotonic();
    const daemon = daemonOf(platform, () => "idle");
    assert.deepEqual(await press(daemon), { kind: "under_way", remaining: 2 });
    assert.ok(platform.clock.monotonic() - before >= 8_000);
  }));

Deno.test("the end of the page does not wait for the daemon", () =>
  withScene({ env: SIGNED_IN }, async ({ platform, queue, press }) => {
    await queue(2);
    const before = platform.clock.monotonic();
    const daemon = daemonOf(platform, () => "idle");
    const outcome = await press({ ...daemon, signal: AbortSignal.abort() });
    assert.equal(outcome.kind, "under_way");
    assert.ok(platform.clock.monotonic() - before < 1_000);
  }));

Deno.test("a part of the queue that has left is told with what remains", () =>
  withScene({ env: SIGNED_IN }, async ({ platform, queue, press }) => {
    await queue(3);
    const daemon = daemonOf(platform, async () => {
      const database = await platform.openDatabase((await queueOwner(platform)).path);
      database.exec("DELETE FROM queue WHERE id = (SELECT min(id) FROM queue)");
      database.close();
      return "uploaded 1";
    });
    assert.deepEqual(await press(daemon), { kind: "uploaded", uploaded: 1, remaining: 2 });
  }));

Deno.test("a daemon that does not start, does not answer or goes away is a failure with advice", () =>
  withScene({ env: SIGNED_IN }, async ({ platform, queue, press }) => {
    await queue(1);
    const startDaemon = () => Promise.reject(new Error("no \u0007 luck"));
    const failed = await press({ startDaemon });
    assert.equal(failed.kind, "failed");
    assert.match(failed.message, /did not start .*no ‹U\+0007› luck/);
    assert.match(failed.next_action, /tracker daemon status/);

    const silent = await press({ startDaemon: () => Promise.resolve({ pid: 1 }) });
    assert.equal(silent.message, "Background sync does not answer.");

    const daemon = daemonOf(platform, async () => {
      await Deno.remove(`${platform.home}/.spec-kitty/tracker/daemon.json`);
      return "idle";
    });
    assert.match((await press(daemon)).message, /has ended/);
  }));

Deno.test("without what hosted work needs nothing is started, and the next step is told", () =>
  withScene({ env: GATE_ON }, async ({ platform, press }) => {
    const before = await everythingBelow(platform.home);
    assert.deepEqual(await press(), {
      kind: "not_ready",
      message: "No SaaS authentication token is present.",
      next_action: "Run `tracker auth login`.",
    });
    assert.deepEqual(await everythingBelow(platform.home), before);
  }));

Deno.test("an empty policy is a failure that names the key", () =>
  withScene({ env: SIGNED_IN }, async ({ platform, ask }) => {
    await setPolicy(platform.home, "");
    const answer = await ask("sync-now", pressed());
    assert.equal(answer.status, 500);
    assert.match((await answer.json()).error.message, /background_daemon/);
  }));
