import assert from "node:assert/strict";
import type { NormalizedIssue } from "../../src/contract/issue.ts";
import { EventQueue } from "../../src/events/queue.ts";
import { queueOwner } from "../../src/events/open.ts";
import { loadBinding } from "../../src/project/config.ts";
import { IssueCache } from "../../src/client/sync_cache.ts";
import { packageFile, plant } from "../missions/packages/support.ts";
import { HOST_URL, issue } from "./support.ts";
import { age, cachePath, DAEMON, daemonFile, LONG_AGO, type Watched, watched } from "./watched.ts";

function edited(base: NormalizedIssue, title: string) {
  return { issue: { ...base, title }, base, edits: { title: { at: 1 } }, seenAt: null };
}

Deno.test("a look that finds nothing new is answered without reading the issues or the queue", async () => {
  const opened: string[] = [];
  await watched(async ({ platform, look, settle }) => {
    const open = platform.openDatabase;
    Object.assign(platform, {
      openDatabase: (...[path, ...more]: Parameters<typeof open>) => {
        opened.push(path);
        return open(path, ...more);
      },
    });
    await look();
    assert.ok(opened.length >= 2, opened.join());
    await settle();
    opened.length = 0;
    for (let i = 0; i < 3; i++) assert.equal(await look(), null);
    assert.deepEqual(opened, []);
  });
});

Deno.test("for some seconds after a change every look is answered whole", () =>
  watched(async ({ cache, settle, look, issues }) => {
    await settle();
    for (const title of ["First", "Again", "Third"]) {
      await cache((store) => void store.putPage([issue("1", { title })]));
      assert.notEqual(await look(), null);
      assert.notEqual(await look(), null, "a second change could not be told from the first");
      assert.equal(
        (await issues()).find(({ key }: { key: string }) => key === "ENG-1").title,
        title,
      );
    }
    await settle();
  }));

Deno.test("a page that was answered by another dashboard, or knows nothing, is answered whole", () =>
  watched(async ({ settle, ask }) => {
    await settle();
    for (const tag of ["", "*", '"of another"']) {
      const answer = await ask("state.json", { headers: { "if-none-match": tag } });
      assert.equal(answer.status, 200, tag);
      assert.equal((await answer.json()).cache.counts.total, 2);
    }
  }));

/** Every source of a change, and what the next look shows of it. */
const CHANGES: readonly (readonly [
  name: string,
  change: (scene: Watched) => Promise<unknown> | unknown,
  shown: (state: ReturnType<typeof JSON.parse>) => unknown,
  wanted: unknown,
])[] = [
  [
    "a pull of another process",
    ({ cache }) => cache((store) => void store.putPage([issue("3")])),
    ({ cache }) => cache.counts.total,
    3,
  ],
  [
    "an edit",
    ({ cache }) => cache((store) => store.issues.put(edited(issue("1"), "Ours"))),
    ({ cache }) => [cache.counts.pending, cache.to_push],
    // The title waits for the decision about its conflict.
    [1, 0],
  ],
  [
    "an edit of an issue without a conflict",
    ({ cache }) => cache((store) => store.issues.put(edited(issue("2"), "Ours"))),
    ({ cache }) => cache.to_push,
    1,
  ],
  [
    "a conflict",
    ({ cache }) =>
      cache((store) =>
        store.conflicts.record({
          issueId: "2",
          field: "title",
          reason: "both_changed",
          ...{ base: "a", ours: "b", theirs: "c", taken: null },
        }, 2)
      ),
    ({ cache }) => cache.open_conflicts,
    2,
  ],
  [
    "a conflict that was decided",
    ({ cache }) => cache((store) => store.conflicts.close(1, "ours", 3)),
    ({ cache }) => [cache.open_conflicts, cache.conflicts[0].taken],
    [0, "ours"],
  ],
  [
    "a sync that ended",
    ({ cache }) =>
      cache((store) =>
        store.runs.record({ kind: "pull", startedAt: 1, finishedAt: 2, outcome: "ok", counts: {} })
      ),
    ({ cache }) => cache.syncs.length,
    1,
  ],
  [
    "a mapping",
    ({ cache }) =>
      cache((store) =>
        store.mappings.add(
          { wp_id: "WP01", system: "linear", workspace: "acme", external_id: "1" },
          "2026-03-10T12:00:00Z",
        )
      ),
    ({ cache, packages }) => [cache.mappings.length, packages.differing.length],
    [1, 1],
  ],
  [
    "a cache that was removed",
    async ({ platform, root }) => await Deno.remove(await cachePath({ platform, root })),
    ({ cache }) => cache,
    null,
  ],
  ["an event that was queued", ({ queue }) => queue(1), ({ queue }) => queue.pending, 3],
  [
    "events that were uploaded",
    async ({ platform }) => {
      const queue = await EventQueue.open(platform, (await queueOwner(platform)).path);
      queue.transact((database) => database.exec("DELETE FROM queue"));
      queue.close();
    },
    ({ queue }) => queue.pending,
    0,
  ],
  [
    "a daemon that was killed",
    ({ alive }) => alive.clear(),
    ({ daemon }) => daemon.state,
    "stale",
  ],
  [
    "a daemon that gives no signs of life",
    ({ platform }) => platform.clock.advance(600_000),
    ({ daemon }) => daemon.state,
    "stale",
  ],
  [
    "a daemon that was stopped",
    (scene) => Deno.remove(daemonFile(scene)),
    ({ daemon }) => daemon.state,
    "stopped",
  ],
  [
    "another daemon",
    (scene) => Deno.writeTextFile(daemonFile(scene), JSON.stringify({ ...DAEMON, pid: 4712 })),
    ({ daemon }) => daemon.pid,
    4712,
  ],
  [
    "a setting",
    ({ platform }) =>
      Deno.writeTextFile(
        `${platform.home}/.spec-kitty/config.toml`,
        '[sync]\nbackground_daemon = "manual"\n',
      ),
    ({ daemon }) => daemon.policy,
    "manual",
  ],
  [
    "a label of the binding",
    ({ bind }) => bind({ displayLabel: "Other (OTH)" }),
    ({ binding }) => binding.label,
    "Other (OTH)",
  ],
  [
    "another binding",
    ({ bind }) => bind({ bindingRef: "srm_2" }),
    ({ cache }) => cache,
    null,
  ],
  [
    "a session that ended",
    ({ platform }) => platform.setEnv("TRACKER_TOKEN", undefined),
    ({ readiness }) => readiness.state,
    "missing_auth",
  ],
  [
    "the gate",
    ({ platform }) => platform.setEnv("SPEC_KITTY_ENABLE_SAAS_SYNC", undefined),
    ({ hosted, queue }) => [hosted, queue],
    [false, null],
  ],
  [
    "the lane of a work package",
    ({ root }) =>
      plant(root, {
        "kitty-specs/001-login/tasks/WP01.md": packageFile("WP01", "Form", "lane: done\n"),
      }),
    ({ packages }) => packages.lanes,
    [{ lane: "done", count: 1 }],
  ],
  [
    "a config that cannot be read",
    ({ root }) => Deno.writeTextFile(`${root}/.kittify/config.yaml`, "tracker: [\n"),
    ({ problems }) => problems[0].part,
    "Binding",
  ],
];

for (const [name, change, shown, wanted] of CHANGES) {
  Deno.test(`the next look shows ${name}`, () =>
    watched(async (scene) => {
      await scene.settle();
      await change(scene);
      const state = await scene.look();
      assert.notEqual(state, null, "something is new");
      assert.deepEqual(shown(state), wanted);
    }));
}

Deno.test("the next look shows what a process has committed that still has the cache open", () =>
  watched(async ({ platform, root, settle, look }) => {
    const binding = await loadBinding(platform, root);
    const cache = new IssueCache({ platform, provider: "linear", baseUrl: HOST_URL });
    const store = await cache.open(binding);
    try {
      await settle();
      for (const [id, total] of [["3", 3], ["4", 4]] as const) {
        store.putPage([issue(id)]);
        assert.equal((await look()).cache.counts.total, total);
        await settle();
      }
    } finally {
      store.close();
    }
  }));

Deno.test("a part that could not be read is read again at the next look, though nothing was written", () =>
  watched(async ({ platform, settle, look }) => {
    await settle();
    const open = platform.openDatabase;
    const fail = () => Promise.reject(new Error("The disk is away"));
    await age(platform.home);
    const path = (await queueOwner(platform)).path;
    await Deno.utime(path, LONG_AGO + 10, LONG_AGO + 10);
    Object.assign(platform, { openDatabase: fail });
    const { problems, queue } = await look();
    assert.deepEqual([queue, problems[0]?.message], [null, "The disk is away"]);
    Object.assign(platform, { openDatabase: open });
    const state = await look();
    assert.deepEqual([state?.queue.pending, state?.problems], [2, []]);
  }));
