import assert from "node:assert/strict";
import { document, ends, failure, withBoundWorld } from "../support/bound.ts";
import type { World } from "../support/world.ts";
import { untilSo } from "../support/until.ts";

/** Queues one event: a mission is made. */
async function queueEvent(world: World, slug: string): Promise<void> {
  await ends(world, 0, ["mission", "create", slug, "--no-commit"]);
}

Deno.test("queued events are listed, exported and uploaded; status counts them", () =>
  withBoundWorld(async (world) => {
    assert.equal((await ends(world, 0, ["events", "list"])).stdout, "The queue is empty.\n");
    await queueEvent(world, "first-steps");
    await queueEvent(world, "second-steps");
    const list = await ends(world, 0, ["events", "list"]);
    assert.match(list.stdout, /^ EVENT +TYPE +QUEUED +STATE +REASON$/m);
    assert.match(list.stdout, /^ [0-9A-Z]{26} {2}FeatureCreated +just now +waiting +–$/m);
    const short = await ends(world, 0, ["events", "list", "--limit", "1"]);
    assert.match(short.stdout, /^The first 1 of 2\.$/m);
    assert.match((await ends(world, 0, ["status"])).stdout, /^ {2}queue +2 events waiting$/m);
    const lines = (await ends(world, 0, ["events", "export"])).stdout.trimEnd().split("\n");
    assert.deepEqual(
      lines.map((line) => JSON.parse(line).payload.feature_slug),
      ["001-first-steps", "002-second-steps"],
    );
    const flush = await ends(world, 0, ["events", "flush"]);
    assert.equal(flush.stdout, "✓ 2 events uploaded, 0 left.\n");
    assert.equal((await world.look("events")).events.length, 2);
    assert.equal((await ends(world, 0, ["events", "list"])).stdout, "The queue is empty.\n");
  }));

Deno.test("refused events stay, are parked after ten times, and can be queued again", () =>
  withBoundWorld(async (world) => {
    await queueEvent(world, "first-steps");
    await world.lever("levers", { rejected_types: ["FeatureCreated"] });
    const refused = await ends(world, 1, ["events", "flush"]);
    assert.match(refused.stdout, /^! 0 events uploaded, 1 left\.$/m);
    assert.match(refused.stderr, /^ {3}[0-9A-Z]{26} {2}\S/m);
    assert.match((await ends(world, 0, ["events", "list"])).stdout, /refused 1×/);
    assert.equal(
      (await ends(world, 0, ["events", "list", "--parked"])).stdout,
      "No parked events.\n",
    );
    let parked = "";
    for (let time = 2; time <= 10; time++) {
      parked = (await ends(world, 1, ["events", "flush"])).stderr;
    }
    assert.match(parked, /1 event parked: `tracker events list --parked`/);
    const list = await document(world, "events", "list", "--parked");
    assert.equal(list.events.length, 1);
    const [{ event_id, rejections }] = list.events;
    assert.equal(rejections, 10);
    const unknown = await failure(world, 1, ["events", "retry", "01HXYZ"]);
    assert.equal(unknown.code, "event_not_parked");
    await world.lever("reset");
    assert.equal(
      (await ends(world, 0, ["events", "retry", event_id])).stdout,
      "1 event queued again.\n",
    );
    assert.deepEqual(await document(world, "events", "retry"), { schema: 1, retried: 0 });
    assert.match((await ends(world, 0, ["events", "flush"])).stdout, /^✓ 1 event uploaded/);
  }));

Deno.test("an upload that fails as a whole keeps everything and says what to do", () =>
  withBoundWorld(async (world) => {
    await queueEvent(world, "first-steps");
    await world.lever("fail", { path: "/events/", status: 503, times: 5 });
    const { stdout, stderr } = await ends(world, 1, ["events", "flush"]);
    assert.match(stdout, /^! 0 events uploaded, 1 left\.$/m);
    assert.match(stderr, /^✗ .+\n {2}.+$/m);
    await world.lever("reset");
    await world.lever("levers", { accept_above: 9_999 });
    const run = await ends(world, 0, ["sync", "run"]);
    assert.match(run.stderr, /Uploaded 1 queued event\./, "manual mode uploads in the foreground");
  }));

Deno.test("sync run in manual mode fails when the queue cannot be uploaded", () =>
  withBoundWorld(async (world) => {
    await queueEvent(world, "first-steps");
    await world.lever("levers", { accept_above: 9_999 });
    await world.lever("fail", { path: "/events/", status: 503, times: 5 });
    const { stdout, stderr } = await ends(world, 1, ["sync", "run"]);
    assert.match(stdout, /^✓ Pulled: 36 new, 0 changed, 0 unchanged\.\n✓ Pushed: 0 sent\.$/m);
    assert.match(stderr, /^✗ /m);
  }));

Deno.test("events queued signed out move to the session at login", () =>
  withBoundWorld(async (world) => {
    await ends(world, 0, ["auth", "logout"]);
    await queueEvent(world, "first-steps");
    const args = ["auth", "login", "--username", "demo@example.com", "--password-stdin"];
    const { stderr } = await ends(world, 0, args, { stdin: "demo\n" });
    assert.match(stderr, /1 queued event/);
    assert.equal((await document(world, "events", "list")).total, 1);
  }));

Deno.test("manual mode is said after a pull and a push: to standard error under --json", () =>
  withBoundWorld(async (world) => {
    const notice = 'Background sync is in manual mode (`[sync].background_daemon = "manual"`).\n' +
      "Run `tracker sync run` to perform a one-shot remote sync.\n";
    assert.ok((await ends(world, 0, ["sync", "pull"])).stdout.endsWith(notice));
    const json = await ends(world, 0, ["sync", "pull", "--json"]);
    assert.ok(json.stderr.endsWith(notice));
    JSON.parse(json.stdout);
    const stdin = JSON.stringify([{
      ref: { system: "linear", workspace: "acme", id: "n-1" },
      action: "create",
      patch: { title: "One" },
    }]);
    const push = await ends(world, 0, ["sync", "push", "--items-json", "-"], { stdin });
    assert.ok(push.stdout.endsWith(notice));
  }));

Deno.test("the daemon is started, looked at and stopped; a second stop says so", () =>
  withBoundWorld(async (world) => {
    assert.match(
      (await ends(world, 0, ["daemon", "status"])).stdout,
      /^Background sync is not running\.\n {2}policy +manual/,
    );
    const started = await world.run(["daemon", "start"]);
    assert.equal(started.code, 0, started.stderr);
    assert.match(started.stdout, /^✓ Background sync is running now \(pid \d+\)\.$/m);
    assert.match((await world.run(["daemon", "start"])).stdout, /was running already/);
    const status = await ends(world, 0, ["daemon", "status"]);
    assert.match(status.stdout, /^✓ Background sync is running \(pid \d+\)\.\n {2}version +\d/);
    assert.match((await ends(world, 0, ["status"])).stdout, /^ {2}daemon +running \(pid \d+\)$/m);
    assert.match(
      (await ends(world, 0, ["daemon", "stop"])).stdout,
      /^✓ Background sync has stopped/,
    );
    assert.equal(
      (await ends(world, 0, ["daemon", "stop"])).stdout,
      "Background sync was not running.\n",
    );
  }));

Deno.test("with automatic background sync a pull starts the daemon and says nothing of it", () =>
  withBoundWorld(async (world) => {
    const pull = await world.run(["sync", "pull"]);
    assert.equal(pull.code, 0, pull.stderr);
    assert.doesNotMatch(pull.stdout + pull.stderr, /[Bb]ackground/);
    await untilSo(async () => {
      const { state, failure } = await document(world, "daemon", "status");
      assert.match(state, /^(?:starting|running)$/, failure);
      return state === "running";
    });
  }, { backgroundDaemon: "auto" }));
