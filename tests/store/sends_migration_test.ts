import assert from "node:assert/strict";
import { IssueStore } from "../../src/store/issue_store.ts";
import { STORE_MIGRATIONS } from "../../src/store/schema.ts";
import { GONE } from "../../src/sync/sync_report.ts";
import { join } from "../../src/platform/paths.ts";
import type { Database } from "../../src/platform/database.ts";
import { anIssue } from "../support/issues.ts";
import { withPlatform } from "../support/platform.ts";

const OURS = { ...anIssue("a"), title: "Ours", status: "done" as const };

/** Opens a store that a version of the past has written. */
async function migrated(
  version: number,
  write: (old: Database) => void,
  look: (store: IssueStore) => void,
): Promise<void> {
  await withPlatform({}, async (platform) => {
    const path = join(platform.home, "old.db");
    const old = await platform.openDatabase(path, {
      migrations: STORE_MIGRATIONS.slice(0, version),
    });
    write(old);
    old.close();
    using reader = await IssueStore.openForReading(platform, path);
    assert.ok(reader !== null);
    look(reader);
    using store = await IssueStore.open(platform, path);
    look(store);
  });
}

function putEdited(old: Database, version: number): void {
  const columns = version >= 7 ? ", edits, faults" : "";
  const values = version >= 7 ? `, '{"title":{"at":7},"status":{"at":8}}', 0` : "";
  old.prepare(
    `INSERT INTO tracker_issues
       (id, title, status, issue_type, updated_at, json, base, edited_at${columns})
     VALUES ('a', 'Ours', 'done', 'task', 1, ?, ?, 7${values})`,
  ).run(JSON.stringify(OURS), JSON.stringify(anIssue("a")));
}

for (let version = 2; version < STORE_MIGRATIONS.length; version++) {
  Deno.test(`edits and open conflicts of a store of version ${version} are carried over`, () =>
    migrated(version, (old) => {
      putEdited(old, version);
      if (version < 3) return;
      old.exec(
        `INSERT INTO tracker_conflicts (issue_id, field, reason, base, ours, theirs, detected_at)
         VALUES ('a', 'title', 'both_changed', '"Base"', '"Ours"', '"Issue a"', 9)`,
      );
    }, (store) => {
      const { issue, base, edits } = store.issues.require("a");
      assert.deepEqual([issue, base], [OURS, anIssue("a")]);
      assert.deepEqual(Object.keys(edits).sort(), ["status", "title"]);
      assert.equal(edits["title"]?.at, 7);
      assert.equal(store.counts().pending, 1);
      assert.equal(store.counts().refused, 0);
      assert.equal(store.conflicts.open("a").length, version < 3 ? 0 : 1);
    }));
}

for (const version of [6, 7]) {
  Deno.test(`a push that a store of version ${version} left open is continued under its keys`, () =>
    migrated(version, (old) => {
      old.exec(
        `INSERT INTO tracker_push_batches (place, push, key, answer, opened_at)
         VALUES (0, 'p', 'k0', '{}', 5), (1, 'p', 'k1', NULL, 5)`,
      );
    }, (store) => {
      assert.deepEqual(store.pushes.unfinished("p", 2, 6), [
        { key: "k0", answer: "{}" },
        { key: "k1", answer: null },
      ]);
      assert.deepEqual(store.pushes.openCreates(), []);
    }));

  Deno.test(`edits of an issue that a store of version ${version} knew to be gone are refused`, () =>
    migrated(version, (old) => {
      putEdited(old, version);
      old.exec("INSERT INTO tracker_gone (id, told_at) VALUES ('a', 11), ('b', 11)");
    }, (store) => {
      assert.deepEqual(
        store.issues.refused().map(({ field, code, message }) => [field, code, message]).sort(),
        [["status", GONE.code, GONE.message], ["title", GONE.code, GONE.message]],
      );
      assert.equal(store.issues.require("a").edits["title"]?.fault?.at, 11);
      assert.equal(store.list()[0]?.title, "Issue a");
      assert.deepEqual(store.list({ status: ["done"] }), []);
    }));
}
