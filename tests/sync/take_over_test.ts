import assert from "node:assert/strict";
import { IssueStore } from "../../src/store/issue_store.ts";
import type { StoredIssue } from "../../src/store/issues.ts";
import { takeIn } from "../../src/sync/take_in.ts";
import { takeOver } from "../../src/sync/take_over.ts";
import { anIssue } from "../support/issues.ts";
import { withPlatform } from "../support/platform.ts";

/** An issue whose title was edited here at a time, on a title of the tracker's that was seen at another. */
function edited(title: string, at: number, tracker: string, seenAt: number): StoredIssue {
  const base = anIssue("A", { title: tracker });
  return { issue: { ...base, title }, base, edits: { title: { at } }, seenAt };
}

Deno.test("a conflict that is held stays held when a later edit comes from another cache", () =>
  withPlatform({}, async (platform) => {
    using from = await IssueStore.openEmpty(platform);
    using to = await IssueStore.openEmpty(platform);
    to.issues.put(edited("Mine", 10, "Theirs", 5));
    const values = { field: "title", base: "Old", ours: "Mine", theirs: "Theirs", taken: null };
    to.conflicts.record({ issueId: "A", reason: "both_changed", ...values }, 20);
    from.issues.put(edited("Newer", 30, "Old", 5));
    takeOver(from, to, "from.db", 40);
    assert.deepEqual(
      to.conflicts.open("A").map(({ base, theirs }) => [base, theirs]),
      [["Old", "Theirs"]],
    );
    assert.deepEqual(
      to.conflicts.list().filter(({ taken }) => taken !== null)
        .map(({ ours, theirs }) => [ours, theirs]),
      [["Newer", "Mine"]],
    );
    assert.equal(to.issues.require("A").issue.title, "Newer");
  }));

Deno.test("labels and texts edited in two caches are merged, and give nothing up", () =>
  withPlatform({}, async (platform) => {
    using from = await IssueStore.openEmpty(platform);
    using to = await IssueStore.openEmpty(platform);
    const base = anIssue("A", { labels: ["old", "both"], body: "a\nb\nc" });
    const withEdits = (labels: readonly string[], body: string, at: number): StoredIssue => ({
      issue: { ...base, labels, body },
      base,
      edits: { labels: { at }, body: { at } },
      seenAt: 5,
    });
    to.issues.put(withEdits(["both", "mine"], "A\nb\nc", 10));
    from.issues.put(withEdits(["old", "both", "other"], "a\nb\nC", 30));
    takeOver(from, to, "from.db", 40);
    const { issue } = to.issues.require("A");
    assert.deepEqual(issue.labels.toSorted(), ["both", "mine", "other"]);
    assert.equal(issue.body, "A\nb\nC");
    assert.deepEqual(to.conflicts.list(), []);
  }));

Deno.test("an edit that comes from another cache proves no more than was seen there", () =>
  withPlatform({}, async (platform) => {
    using from = await IssueStore.openEmpty(platform);
    using to = await IssueStore.openEmpty(platform);
    const now = anIssue("A", { title: "Now" });
    to.issues.put({
      issue: { ...now, body: "B" },
      base: now,
      edits: { body: { at: 90 } },
      seenAt: 80,
    });
    from.issues.put(edited("Mine", 30, "Old", 20));
    takeOver(from, to, "from.db", 100);
    assert.equal(to.issues.require("A").seenAt, 20);
  }));

Deno.test("a cache that is back after it was taken over is taken over again", () =>
  withPlatform({}, async (platform) => {
    const [from, to] = [`${platform.home}/from.db`, `${platform.home}/to.db`];
    for (const [path, title] of [[to, null], [from, "Mine"]] as const) {
      using store = await IssueStore.open(platform, path);
      if (title !== null) store.issues.put(edited(title, 10, "Old", 5));
      // A kill came between the removal of the cache and that of the note about it.
      else store.checkpoints.noteTakenOver("to.db.from-from.db");
    }
    assert.equal(await takeIn(platform, from, to), to);
    using store = await IssueStore.open(platform, to);
    assert.equal(store.issues.load("A")?.issue.title, "Mine");
  }));
