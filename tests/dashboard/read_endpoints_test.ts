import assert from "node:assert/strict";
import { READINESS_WORDING } from "../../src/user/readiness_wording.ts";
import { GATE_ON } from "../support/cli.ts";
import { withPlatform } from "../support/platform.ts";
import {
  everythingBelow,
  handlerFor,
  issue,
  request,
  SIGNED_IN,
  TOKEN,
  withScene,
} from "./support.ts";

const HOSTED = { provider: "linear", bindingRef: "srm_1", displayLabel: "Website (WEB)" };
const LOCAL = { provider: "beads", workspace: "main" };
const START = Date.parse("2026-03-10T12:00:00Z");
const DAEMON = {
  pid: 4711,
  port: 4801,
  token: "secret-token-of-the-daemon",
  version: "1.2.3",
  host: null,
  team: null,
  credential: null,
  started_at: "2026-03-10T11:00:00Z",
  heartbeat: "2026-03-10T11:59:40Z",
};

Deno.test("the state tells of binding, readiness, queue, daemon, cache, syncs, mappings and conflicts", () =>
  withScene({
    env: SIGNED_IN,
    start: START,
    system: { isAlive: (pid) => pid === 4711 },
  }, async ({ platform, root, bind, cache, queue, json }) => {
    await bind(HOSTED);
    await queue(2);
    await cache((store) => {
      store.putPage([issue("1"), issue("2", { status: "done" })]);
      store.runs.record({
        kind: "pull",
        startedAt: START - 2000,
        finishedAt: START,
        outcome: "partial",
        counts: { created: 2, failed: 1 },
      });
      store.mappings.add(
        { wp_id: "WP01", system: "linear", workspace: "acme", external_id: "1" },
        "2026-03-10T12:00:00Z",
      );
      store.conflicts.record({
        issueId: "1",
        field: "labels",
        reason: "both_changed",
        base: [],
        ours: ["a"],
        theirs: "",
        taken: null,
      }, START);
    });
    await Deno.writeTextFile(
      `${platform.home}/.spec-kitty/tracker/daemon.json`,
      JSON.stringify(DAEMON),
    );
    const state = await json("state.json");
    assert.deepEqual(state, {
      version: "1.2.3",
      hosted: true,
      can_sync: true,
      project: { name: "my-project", root },
      binding: { label: "Website (WEB)", provider: "linear", kind: "hosted" },
      readiness: { state: "ready", message: "", next_action: null },
      queue: {
        pending: 2,
        parked: 0,
        without_project: 0,
        oldest_at: "2026-03-10T12:00:00.000Z",
      },
      daemon: {
        state: "running",
        pid: 4711,
        started_at: "2026-03-10T11:00:00Z",
        policy: "auto",
      },
      cache: {
        counts: {
          total: 2,
          open: 1,
          byStatus: { todo: 1, in_progress: 0, in_review: 0, blocked: 0, done: 1, canceled: 0 },
          pending: 0,
          refused: 0,
        },
        to_push: 0,
        stay_here: 0,
        syncs: [{
          kind: "pull",
          outcome: "partial",
          started_at: "2026-03-10T11:59:58.000Z",
          finished_at: "2026-03-10T12:00:00.000Z",
          facts: ["2 new", "1 failed"],
        }],
        mappings: [
          { work_package: "WP01", issue: "1", system: "linear", handle: "1", link: null },
        ],
        conflicts: [{
          id: 1,
          issue: "ENG-1",
          handle: "1",
          field: "labels",
          ours: "a",
          theirs: "(empty)",
          taken: null,
          detected_at: "2026-03-10T12:00:00.000Z",
        }],
        open_conflicts: 1,
      },
      packages: null,
      problems: [],
      sync: { running: null, last: null },
    });
  }));

Deno.test("no secret is on the page: neither tokens nor the daemon's", () =>
  withScene({ env: SIGNED_IN, start: START }, async ({ platform, bind, queue, ask }) => {
    await bind(HOSTED);
    await queue(1);
    await Deno.writeTextFile(
      `${platform.home}/.spec-kitty/tracker/daemon.json`,
      JSON.stringify(DAEMON),
    );
    for (const path of ["", "script.js", "style.css", "state.json", "issues.json", "sync.json"]) {
      const text = await (await ask(path)).text();
      for (const secret of [SIGNED_IN.TRACKER_TOKEN, DAEMON.token, TOKEN]) {
        assert.equal(text.includes(secret), false, `${path} tells ${secret}`);
      }
    }
  }));

for (
  const [name, env, binding] of [
    ["in a fresh home with the gate off", {}, null],
    ["in a fresh home with the gate on", SIGNED_IN, null],
    ["of a hosted binding without a cache", SIGNED_IN, HOSTED],
    ["of a local binding", GATE_ON, LOCAL],
  ] as const
) {
  Deno.test(`reads ${name} make no file, lock, process or request`, () =>
    withScene({ env }, async ({ platform, bind, json }) => {
      if (binding !== null) await bind(binding);
      const before = await everythingBelow(platform.home);
      for (let i = 0; i < 3; i++) {
        await json("state.json");
        await json("issues.json?q=x");
        await json("issue.json?id=x");
        await json("sync.json");
      }
      assert.deepEqual(await everythingBelow(platform.home), before);
      assert.equal(platform.stderr(), "");
    }));
}

Deno.test("reads of a cache and a queue change no file", () =>
  withScene({ env: SIGNED_IN, start: START }, async ({ platform, bind, cache, queue, json }) => {
    await bind(HOSTED);
    await queue(3);
    await cache((store) => store.putPage([issue("1")]));
    const before = await everythingBelow(platform.home);
    assert.equal((await json("state.json")).queue.pending, 3);
    assert.equal((await json("issues.json")).issues.length, 1);
    assert.deepEqual(await everythingBelow(platform.home), before);
  }));

Deno.test("with the gate off only what is local is told, and Sync now does not exist", () =>
  withScene(
    { env: SIGNED_IN, start: START },
    async ({ platform, bind, cache, queue, ask, json }) => {
      await bind(HOSTED);
      await queue(1);
      await cache((store) => store.putPage([issue("1")]));
      platform.setEnv("SPEC_KITTY_ENABLE_SAAS_SYNC", " off ");
      const state = await json("state.json");
      assert.deepEqual([state.hosted, state.can_sync], [false, false]);
      assert.deepEqual([state.readiness, state.queue, state.daemon], [null, null, null]);
      assert.deepEqual(state.binding, { label: "Website (WEB)", provider: null, kind: null });
      assert.equal(state.cache.counts.total, 1);
      assert.equal((await json("issues.json")).issues.length, 1);
      assert.equal((await ask("sync-now", { method: "POST" })).status, 404);
      platform.setEnv("SPEC_KITTY_ENABLE_SAAS_SYNC", "yes");
      assert.equal((await json("state.json")).hosted, true);
    },
  ));

Deno.test("a local binding skips readiness", () =>
  withScene({ env: GATE_ON }, async ({ bind, json }) => {
    await bind(LOCAL);
    const state = await json("state.json");
    assert.equal(state.readiness, null);
    assert.deepEqual(state.binding, { label: "main", provider: "beads", kind: "local" });
    assert.equal(state.can_sync, true);
    assert.deepEqual(state.problems, []);
  }));

Deno.test("what is missing for hosted work is told in the words of the readiness evaluator", () =>
  withScene({ env: GATE_ON }, async ({ platform, json }) => {
    const { missing_auth, missing_project_binding } = READINESS_WORDING;
    assert.deepEqual((await json("state.json")).readiness, {
      state: "missing_auth",
      message: missing_auth.message,
      next_action: missing_auth.nextAction,
    });
    for (const [name, value] of Object.entries(SIGNED_IN)) platform.setEnv(name, value);
    assert.equal((await json("state.json")).readiness.message, missing_project_binding.message);
  }));

Deno.test("a daemon that has ended or no longer gives signs of life is not running", () =>
  withScene({
    env: SIGNED_IN,
    start: START,
    system: { isAlive: (pid) => pid === 4711 },
  }, async ({ platform, queue, json }) => {
    await queue(1);
    const stateFile = `${platform.home}/.spec-kitty/tracker/daemon.json`;
    const stateOf = async (text: string) => {
      await Deno.writeTextFile(stateFile, text);
      return (await json("state.json")).daemon.state;
    };
    assert.equal(await stateOf(JSON.stringify(DAEMON)), "running");
    assert.equal(await stateOf(JSON.stringify({ ...DAEMON, pid: 4712 })), "stale");
    const old = { ...DAEMON, heartbeat: "2026-03-10T11:50:00Z" };
    assert.equal(await stateOf(JSON.stringify(old)), "stale");
    assert.equal(await stateOf("{"), "stopped");
    await Deno.writeTextFile(
      `${platform.home}/.spec-kitty/config.toml`,
      '[sync]\nbackground_daemon = "Manual"\n',
    );
    assert.equal((await json("state.json")).daemon.policy, "manual");
  }));

Deno.test("a faulty policy is no matter of the page: nothing fails and nothing is warned of", () =>
  withScene({ env: SIGNED_IN }, async ({ platform, json }) => {
    await Deno.mkdir(`${platform.home}/.spec-kitty`);
    for (const value of ['"banana"', '""', "7"]) {
      await Deno.writeTextFile(
        `${platform.home}/.spec-kitty/config.toml`,
        `[sync]\nbackground_daemon = ${value}\n`,
      );
      const { daemon, problems } = await json("state.json");
      assert.deepEqual([daemon.policy, problems], ["auto", []], value);
    }
    assert.equal(platform.stderr(), "");
  }));

Deno.test("a part that cannot be read is told and spoils no other", () =>
  withScene(
    { env: SIGNED_IN, start: START },
    async ({ platform, root, bind, queue, json, ask }) => {
      await bind(HOSTED);
      await queue(1);
      await Deno.writeTextFile(`${root}/.kittify/config.yaml`, "tracker: [\n");
      const state = await json("state.json");
      assert.deepEqual(state.problems.map(({ part }: { part: string }) => part), ["Binding"]);
      assert.ok(state.problems[0].message.length > 10);
      assert.equal(state.queue.pending, 1);
      const issues = await ask("issues.json");
      assert.equal(issues.status, 500);
      assert.equal((await issues.json()).error.message, state.problems[0].message);

      await Deno.writeTextFile(`${root}/.kittify/config.yaml`, "tracker:\n  provider: azure\n");
      const removed = (await json("state.json")).problems[0];
      assert.equal(removed.message, "Azure DevOps is no longer supported.");

      await Deno.writeTextFile(`${platform.home}/.spec-kitty/config.toml`, "[[[");
      const { problems } = await json("state.json");
      assert.ok(problems.some(({ part }: { part: string }) => part === "Background sync"));
    },
  ));

Deno.test("outside of a project the page tells so and shows the rest", () =>
  withPlatform({ env: SIGNED_IN }, async (platform) => {
    const handler = handlerFor({ platform, root: null });
    const state = await (await handler(request("state.json"))).json();
    assert.deepEqual([state.project, state.binding, state.cache], [null, null, null]);
    assert.equal(state.queue.pending, 0);
    assert.deepEqual(state.problems, []);
    assert.deepEqual(await (await handler(request("issues.json"))).json(), {
      issues: [],
      more: false,
    });
  }));
