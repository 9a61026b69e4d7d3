import assert from "node:assert/strict";
import { IssueStore } from "../../src/store/issue_store.ts";
import { withPlatform } from "../support/platform.ts";

function storeTest(name: string, test: (store: IssueStore) => void): void {
  Deno.test(name, () =>
    withPlatform({}, async (platform) => {
      using store = await IssueStore.open(platform, `${platform.home}/a.db`);
      test(store);
    }));
}

const NOW = "2026-03-01T12:00:00.000Z";
const WP01 = { wp_id: "WP01", system: "beads", workspace: "w", external_id: "bd-1" };

storeTest("a work package has one issue per system", (store) => {
  assert.equal(store.mappings.add(WP01, NOW).kind, "added");
  const second = store.mappings.add({ ...WP01, external_id: "bd-2" }, NOW);
  assert.equal(second.kind, "work_package_taken");
  assert.equal(
    store.mappings.add({ ...WP01, system: "fp", external_id: "x-1" }, NOW).kind,
    "added",
  );
  assert.deepEqual(store.mappings.list().map((mapping) => mapping.external_id), ["bd-1", "x-1"]);
});

storeTest("an issue is not mapped twice", (store) => {
  store.mappings.add(WP01, NOW);
  const outcome = store.mappings.add({ ...WP01, wp_id: "WP02" }, NOW);
  assert.equal(outcome.kind, "issue_taken");
  assert.equal(outcome.kind === "issue_taken" ? outcome.existing.wp_id : "", "WP01");
  assert.equal(store.mappings.of("WP02", "beads"), null);
});

storeTest("mapping again keeps the mapping and takes over a new key", (store) => {
  store.mappings.add({ ...WP01, external_url: "https://x" }, NOW);
  const again = store.mappings.add({ ...WP01, external_key: "BD-1" }, "2026-03-02T12:00:00.000Z");
  assert.deepEqual(again, {
    kind: "kept",
    mapping: {
      ...WP01,
      external_key: "BD-1",
      external_url: "https://x",
      created_at: NOW,
      updated_at: "2026-03-02T12:00:00.000Z",
    },
  });
});

storeTest("a mapping follows an issue made here to its identity at the tracker", (store) => {
  store.mappings.add({ ...WP01, external_id: "local-1" }, NOW);
  store.mappings.rename("local-1", "bd-7", NOW);
  assert.equal(store.mappings.of("WP01", "beads")?.external_id, "bd-7");
});

const CONFLICT = {
  issueId: "a",
  field: "title",
  reason: "both_changed",
  base: "Old",
  ours: "Ours",
  theirs: "Theirs",
  times: { ours: 3, theirs: 4, seen: 2 },
  taken: null,
} as const;

storeTest("a field has at most one open conflict, which takes over new values", (store) => {
  store.conflicts.record(CONFLICT, 1);
  store.conflicts.record({ ...CONFLICT, theirs: "Later" }, 2);
  const [open, ...more] = store.conflicts.open("a");
  assert.deepEqual(more, []);
  assert.deepEqual(open, { ...CONFLICT, theirs: "Later", id: 1, detectedAt: 1, resolvedAt: null });
  assert.deepEqual(store.conflicts.load(1), open);
  assert.equal(store.conflicts.load(2), null);
});

storeTest("a closed conflict stays in the list, after the open ones", (store) => {
  store.conflicts.record(CONFLICT, 1);
  store.conflicts.close(1, "ours", 3);
  store.conflicts.record({ ...CONFLICT, field: "labels", taken: "theirs" }, 4);
  store.conflicts.record({ ...CONFLICT, issueId: "b", field: "labels" }, 5);
  store.conflicts.rename("b", "c");
  assert.deepEqual(
    store.conflicts.list().map(({ id, issueId, taken, resolvedAt }) => [
      id,
      issueId,
      taken,
      resolvedAt,
    ]),
    [[3, "c", null, null], [2, "a", "theirs", 4], [1, "a", "ours", 3]],
  );
  assert.deepEqual(store.conflicts.open().map((conflict) => conflict.id), [3]);
});

storeTest("the latest hundred runs are kept, the last one first", (store) => {
  assert.equal(store.runs.last(), null);
  for (let i = 0; i < 105; i++) {
    store.runs.record({
      kind: i % 2 === 0 ? "pull" : "push",
      startedAt: i,
      finishedAt: i + 1,
      outcome: "partial",
      counts: { created: i },
    });
  }
  assert.deepEqual(store.runs.last(), {
    kind: "pull",
    startedAt: 104,
    finishedAt: 105,
    outcome: "partial",
    counts: { created: 104 },
  });
  assert.equal(store.runs.list(1000).length, 100);
});

storeTest("a cleared checkpoint is gone", (store) => {
  store.saveCheckpoint({
    cursor: null,
    updatedSince: NOW,
    beganAt: 4,
    newest: NOW,
    filtersKey: "f",
    fullAt: 5,
    pullsSinceFull: 2,
  });
  assert.deepEqual(store.checkpoint(), {
    cursor: null,
    updatedSince: NOW,
    beganAt: 4,
    newest: NOW,
    filtersKey: "f",
    fullAt: 5,
    listing: null,
    pullsSinceFull: 2,
  });
  store.checkpoints.clear();
  assert.equal(store.checkpoint(), null);
});
