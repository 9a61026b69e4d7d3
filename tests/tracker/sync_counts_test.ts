import assert from "node:assert/strict";
import { loggedFacts } from "../../src/tracker/sync_counts.ts";

Deno.test("every name in the log of syncs has words", () => {
  for (
    const [kind, counts, facts] of [
      ["pull", { created: 1_200, updated: 2, unchanged: 3, failed: 0 }, [
        "1,200 new",
        "2 changed",
        "3 unchanged",
      ]],
      ["pull", { created: 0, updated: 0, skipped: 12, conflicts: 1, failed: 2 }, [
        "12 unchanged",
        "1 conflict",
        "2 failed",
      ]],
      ["push", { created: 1, updated: 2, skipped: 4, conflicts: 2, failed: 0 }, [
        "3 sent",
        "4 not sent",
        "2 conflicts",
      ]],
      ["push", { pushed: 5, failed: 1 }, ["5 sent", "1 failed"]],
      ["run", { pulled: 7, pushed: 0, failed: 0 }, ["7 pulled"]],
      ["run", {
        pulled_created: 1,
        pulled_updated: 0,
        pulled_skipped: 12,
        pulled_conflicts: 1,
        pulled_failed: 1,
        pushed_created: 1,
        pushed_updated: 1,
        pushed_skipped: 0,
        pushed_conflicts: 1,
        pushed_failed: 1,
      }, ["1 new", "12 unchanged", "2 sent", "2 conflicts", "2 failed"]],
    ] as const
  ) assert.deepEqual(loggedFacts(kind, counts), facts);
});

Deno.test("an unknown name is told as it is", () => {
  assert.deepEqual(loggedFacts("pull", { "odd_name": 2, created: 1, constructor: 0 }), [
    "1 new",
    "2 odd name",
  ]);
});
