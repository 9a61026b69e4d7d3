import assert from "node:assert/strict";
import { SyncRunner } from "../../src/dashboard/sync_runner.ts";
import { MANUAL_MODE_RUN_NOTICE } from "../../src/daemon/manual_mode.ts";
import { queueOwner } from "../../src/events/open.ts";
import { GATE_ON } from "../support/cli.ts";
import { SIGNED_IN, withScene } from "./support.ts";
import {
  cycleOf,
  NOT_STARTED,
  otherSideOf,
  setPolicy,
  takeFromQueue,
  withHosted,
} from "./sync_scene.ts";

Deno.test("in manual mode the notice is the one of the command, and the events are uploaded here", () =>
  withHosted(async ({ platform, queue, press }) => {
    await queue(2);
    await setPolicy(platform.home, "manual");
    const side = otherSideOf(platform, {
      events: async (asked) => {
        const text = await new Response(
          asked.body?.pipeThrough(new DecompressionStream("gzip")) ?? null,
        ).text();
        const { events }: { events: { event_id: string }[] } = JSON.parse(text);
        const results = events.map(({ event_id }) => ({ event_id, status: "success" }));
        return Response.json({ success: true, results });
      },
    });
    const told = await press({ ...side, startDaemon: NOT_STARTED });
    assert.deepEqual(side.calls.slice(0, 2), ["run", "pull"]);
    assert.equal(side.calls.includes("start") || side.calls.includes("trigger"), false);
    assert.equal(told.lines[0], MANUAL_MODE_RUN_NOTICE);
    assert.ok(told.lines.includes("Uploaded 2 events."), told.lines.join("\n"));
    assert.equal(told.tone, "good");
  }));

Deno.test("an upload that fails is told with its reason, and is never up to date", () =>
  withHosted(async ({ platform, queue, press, json }) => {
    await queue(1);
    const side = otherSideOf(platform, { cycle: () => "failed: The host answered 503\u001b[31m" });
    const told = await press(side);
    assert.deepEqual([told.title, told.tone], ["Synced in part", "warn"]);
    assert.deepEqual(told.lines.slice(1), [
      "The events were not uploaded: The host answered 503‹U+001B›[31m",
      "1 event still waiting.",
    ]);
    assert.equal(told.next_action, "Everything stays queued.");
    assert.equal((await json("state.json")).queue.pending, 1);
  }));

Deno.test("events that a busy daemon has not uploaded yet are told as waiting", () =>
  withHosted(async ({ platform, queue, press }) => {
    await queue(3);
    const before = platform.clock.monotonic();
    const side = otherSideOf(platform, {
      cycle: async () => {
        const database = await platform.openDatabase((await queueOwner(platform)).path);
        database.exec("DELETE FROM queue WHERE id = (SELECT min(id) FROM queue)");
        database.close();
        return "uploaded 1";
      },
    });
    const told = await press(side);
    assert.deepEqual(told.lines.slice(1), ["Uploaded 1 event.", "2 events still waiting."]);
    assert.equal(told.title, "Synced, and something still waits");
    assert.ok(platform.clock.monotonic() - before >= 8_000);
  }));

Deno.test("events from before the login count as waiting, since an upload takes them along", () =>
  withScene({ env: GATE_ON }, async ({ platform, queue, json }) => {
    await queue(1);
    for (const [name, value] of Object.entries(SIGNED_IN)) platform.setEnv(name, value);
    await queue(2);
    assert.equal((await json("state.json")).queue.pending, 3);
  }));

Deno.test("a daemon that does not start, does not answer or goes away takes no result away", () =>
  withHosted(async ({ platform, queue, press }) => {
    await queue(1);
    const side = otherSideOf(platform, {
      run: () => Response.json(cycleOf(2, 0)),
      cycle: async () => {
        await Deno.remove(`${platform.home}/.spec-kitty/tracker/daemon.json`);
        return "idle";
      },
    });
    const failed = await press({
      ...side,
      startDaemon: () => Promise.reject(new Error("no \u0007 luck")),
    });
    assert.equal(failed.lines[0], "2 new.");
    assert.equal(failed.lines[1], "Background sync did not start (no ‹U+0007› luck).");
    assert.match(failed.next_action, /tracker daemon status/);
    assert.equal(failed.kind, "partial");

    const silent = await press({ ...side, startDaemon: () => Promise.resolve({ pid: 1 }) });
    assert.ok(silent.lines.includes("Background sync does not answer."));

    assert.match((await press(side)).lines.join(), /has ended/);
  }));

Deno.test("the end of the page does not wait for the daemon", () =>
  withHosted(async ({ platform, queue, root }) => {
    await queue(2);
    const stopping = new AbortController();
    const side = otherSideOf(platform, {
      cycle: () => {
        stopping.abort();
        return "idle";
      },
    });
    const before = platform.clock.monotonic();
    const runner = new SyncRunner({ ...side, root, version: "1.2.3", signal: stopping.signal });
    runner.press();
    await runner.ended();
    assert.ok(platform.clock.monotonic() - before < 1_000);
  }));

Deno.test("events that a daemon uploads as soon as it is started count as uploaded", () =>
  withHosted(async ({ platform, queue, press }) => {
    await queue(2);
    const side = otherSideOf(platform);
    const startDaemon = async () => {
      const started = await side.startDaemon();
      await takeFromQueue(platform);
      return started;
    };
    const told = await press({ ...side, startDaemon });
    assert.deepEqual(told.lines.slice(1), ["Uploaded 2 events."]);
  }));
