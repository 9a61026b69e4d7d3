import assert from "node:assert/strict";
import { STORE_MIGRATIONS } from "../../src/store/schema.ts";
import { IssueStore } from "../../src/store/issue_store.ts";
import { join } from "../../src/platform/paths.ts";
import { type TestPlatform, withPlatform } from "../support/platform.ts";
import { anIssue } from "./issue_fixture.ts";

function storeTest(name: string, test: (store: IssueStore, platform: TestPlatform) => void): void {
  Deno.test(name, () =>
    withPlatform({}, async (platform) => {
      using store = await IssueStore.open(platform, join(platform.home, "trackers", "a.db"));
      test(store, platform);
    }));
}

storeTest("a page is counted as created, updated and unchanged by content", (store) => {
  assert.deepEqual(store.putPage([anIssue("a"), anIssue("b")]), {
    created: 2,
    updated: 0,
    unchanged: 0,
  });
  const labelled = anIssue("b", { labels: ["ui"] });
  assert.deepEqual(store.putPage([anIssue("a"), labelled, anIssue("c")]), {
    created: 1,
    updated: 1,
    unchanged: 1,
  });
  assert.deepEqual(store.get("b"), labelled);
});

storeTest("an issue twice in a page counts once as created", (store) => {
  assert.deepEqual(store.putPage([anIssue("a"), anIssue("a")]), {
    created: 1,
    updated: 0,
    unchanged: 1,
  });
});

storeTest("issues of a page count the same wherever new ones stand between known ones", (store) => {
  store.putPage(["b", "d", "e"].map((id) => anIssue(id)));
  const newTitle = anIssue("d", { title: "New" });
  const page = [anIssue("a"), anIssue("b"), anIssue("c"), newTitle, anIssue("e"), anIssue("f")];
  const created: string[] = [];
  const absorbed: string[] = [];
  const counts = store.putPage(page, null, {
    onCreated: ({ ref }) => void created.push(ref.id),
    absorb(stored, incoming) {
      absorbed.push(stored.issue.ref.id);
      return { issue: incoming, base: incoming, edits: {}, seenAt: null };
    },
  });
  assert.deepEqual(counts, { created: 3, updated: 1, unchanged: 2 });
  assert.deepEqual([created, absorbed], [["a", "c", "f"], ["d"]]);
  assert.deepEqual(page.map(({ ref }) => store.get(ref.id)), page);
});

storeTest("a page and its checkpoint are stored together or not at all", (store) => {
  const checkpoint = { cursor: "p2", updatedSince: "2026-02-02T10:00:00Z", filtersKey: "" };
  store.putPage([anIssue("a")], checkpoint);
  assert.deepEqual(store.checkpoint(), {
    ...checkpoint,
    beganAt: null,
    newest: null,
    fullAt: null,
    listing: null,
    pullsSinceFull: 0,
  });
  assert.throws(() =>
    store.putPage([anIssue("b"), anIssue("a", { title: "New" })], {
      ...checkpoint,
      cursor: "p3",
    }, {
      absorb() {
        throw new Error("killed");
      },
    }), /killed/);
  assert.equal(store.get("b"), null);
  assert.equal(store.checkpoint()?.cursor, "p2");
});

storeTest("an issue is found by its id and by its key in any case", (store) => {
  const issue = anIssue("10042", {
    ref: { system: "jira", workspace: "w", id: "10042", key: "WEB-88" },
  });
  store.putPage([issue]);
  assert.deepEqual(store.get("10042"), issue);
  assert.deepEqual(store.get("web-88"), issue);
  assert.equal(store.get("WEB-89"), null);
});

storeTest("issues are listed by status, type and text, last changed first", (store) => {
  store.putPage([
    anIssue("a", { updated_at: "2026-02-01T00:00:00+02:00" }),
    anIssue("b", { updated_at: "2026-01-31T23:00:00Z", status: "done", issue_type: "bug" }),
    anIssue("c", { updated_at: "2026-02-03T00:00:00Z", body: "100% Login_page" }),
  ]);
  const ids = (filter = {}) => store.list(filter).map((issue) => issue.ref.id);
  assert.deepEqual(ids(), ["c", "b", "a"]);
  assert.deepEqual(ids({ limit: 2 }), ["c", "b"]);
  assert.deepEqual(ids({ status: ["done", "blocked"] }), ["b"]);
  assert.deepEqual(ids({ status: ["todo"], issueType: ["bug"] }), []);
  assert.deepEqual(ids({ issueType: ["task"], status: [] }), ["c", "a"]);
  assert.deepEqual(ids({ text: "100% login_" }), ["c"]);
  assert.deepEqual(ids({ text: "issue b" }), ["b"]);
  assert.deepEqual(ids({ text: "%" }), ["c"]);
});

storeTest("counts tell totals, open issues and pending edits", (store) => {
  store.putPage([
    anIssue("a"),
    anIssue("b", { status: "done" }),
    anIssue("c", { status: "canceled" }),
  ]);
  const stored = store.issues.require("a");
  const issue = { ...stored.issue, title: "Ours" };
  store.issues.put({ ...stored, issue, edits: { title: { at: 7 } } });
  const counts = store.counts();
  assert.deepEqual([counts.total, counts.open, counts.pending], [3, 1, 1]);
  assert.equal(counts.byStatus.canceled, 1);
});

storeTest("an edited issue keeps its base until both are the same again", (store) => {
  store.putPage([anIssue("a")]);
  const ours = anIssue("a", { title: "Ours" });
  store.issues.put({ issue: ours, base: anIssue("a"), edits: { title: { at: 7 } }, seenAt: 5 });
  assert.deepEqual(store.issues.pending(), [{
    issue: ours,
    base: anIssue("a"),
    edits: { title: { at: 7 } },
    seenAt: 5,
  }]);
  assert.deepEqual(store.putPage([anIssue("a")]).unchanged, 1, "the tracker's version is the same");
  store.issues.put({ issue: ours, base: ours, edits: { title: { at: 7 } }, seenAt: 5 });
  assert.deepEqual(store.issues.pending(), []);
  assert.deepEqual(store.issues.load("a"), { issue: ours, base: ours, edits: {}, seenAt: 5 });
});

storeTest("an issue made here is found by its local id after it got its own", (store) => {
  const local = anIssue("local-1");
  store.issues.put({ issue: local, base: null, edits: { title: { at: 1 } }, seenAt: null });
  assert.equal(store.issues.load("local-1")?.base, null);
  store.issues.adopt("local-1", {
    issue: anIssue("bd-1"),
    base: anIssue("bd-1"),
    edits: {},
    seenAt: null,
  });
  assert.equal(store.get("local-1")?.ref.id, "bd-1");
  assert.equal(store.issues.adoptedId("local-1"), "bd-1");
  assert.equal(store.issues.adoptedId("bd-1"), null);
  assert.deepEqual(store.issues.pending(), [], "nothing is left of its making");
  assert.deepEqual([...store.issues.ids()], ["bd-1"]);
});

storeTest("asking for an issue that must be there names it", (store) => {
  assert.throws(() => store.issues.require("bd-9"), { code: "issue_not_found", message: /"bd-9"/ });
});

storeTest("a sound file passes its check", (store) => {
  assert.deepEqual(store.check(), []);
});

Deno.test("a reader gets nothing where there is no store and writes nothing", () =>
  withPlatform({}, async (platform) => {
    const path = join(platform.home, "trackers", "a.db");
    assert.equal(await IssueStore.openForReading(platform, path), null);
    assert.equal(await platform.files.stat(join(platform.home, "trackers")), null);
    const writer = await IssueStore.open(platform, path);
    writer.putPage([anIssue("a")]);
    using reader = await IssueStore.openForReading(platform, path);
    assert.equal(reader?.get("a")?.ref.id, "a");
    assert.throws(() => reader?.putPage([anIssue("b")]));
    writer.close();
    writer.close();
  }));

Deno.test("what is done to a copy changes nothing on disk", () =>
  withPlatform({}, async (platform) => {
    const path = join(platform.home, "a.db");
    {
      using empty = await IssueStore.openCopy(platform, path);
      assert.equal(empty.counts().total, 0);
    }
    assert.equal(await platform.files.stat(path), null);
    {
      using store = await IssueStore.open(platform, path);
      store.putPage([anIssue("a")], { cursor: null, updatedSince: null, filtersKey: "f" });
    }
    {
      using copy = await IssueStore.openCopy(platform, path);
      assert.equal(copy.checkpoint()?.filtersKey, "f");
      copy.putPage([anIssue("b")]);
    }
    const left = await Array.fromAsync(Deno.readDir(platform.home));
    assert.deepEqual(left.map(({ name }) => name).filter((name) => /-(wal|shm)$/.test(name)), []);
    using store = await IssueStore.open(platform, path);
    assert.deepEqual([...store.issues.ids()], ["a"]);
  }));

for (let version = 1; version < STORE_MIGRATIONS.length; version++) {
  Deno.test(`a store of version ${version} is brought to the newest with all it holds`, () =>
    withPlatform({}, async (platform) => {
      const path = join(platform.home, "old.db");
      const old = await platform.openDatabase(path, {
        migrations: STORE_MIGRATIONS.slice(0, version),
      });
      old.prepare(
        `INSERT INTO tracker_issues (id, key, title, status, issue_type, updated_at, json)
         VALUES ('a', NULL, 'Issue a', 'todo', 'task', 1, ?)`,
      ).run(JSON.stringify(anIssue("a")));
      old.exec("INSERT INTO tracker_checkpoints (name, filters_key) VALUES ('pull', 'f')");
      old.exec(
        `INSERT INTO tracker_mappings VALUES
           ('WP01', 'beads', 'w', 'a', NULL, NULL, '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z')`,
      );
      old.close();
      {
        using reader = await IssueStore.openForReading(platform, path);
        assert.equal(reader?.get("a")?.title, "Issue a");
        assert.deepEqual(reader?.conflicts.list(), []);
      }
      const untouched = await platform.openDatabase(path, { readOnly: true });
      assert.deepEqual({ ...untouched.prepare("PRAGMA user_version").get() }, {
        user_version: version,
      });
      untouched.close();
      using store = await IssueStore.open(platform, path);
      assert.deepEqual(store.issues.load("a"), {
        issue: anIssue("a"),
        base: anIssue("a"),
        edits: {},
        seenAt: null,
      });
      assert.equal(store.checkpoint()?.filtersKey, "f");
      assert.equal(store.mappings.list()[0]?.external_id, "a");
      assert.deepEqual(store.putPage([anIssue("a")]).unchanged, 1);
    }));
}

Deno.test("a store of a newer version is refused, for reading too", () =>
  withPlatform({}, async (platform) => {
    const path = join(platform.home, "new.db");
    (await IssueStore.open(platform, path)).close();
    const database = await platform.openDatabase(path);
    database.exec(`PRAGMA user_version = ${STORE_MIGRATIONS.length + 1}`);
    database.close();
    const newer = { code: "database_newer" };
    await assert.rejects(IssueStore.open(platform, path), newer);
    await assert.rejects(IssueStore.openForReading(platform, path), newer);
  }));

Deno.test("a damaged row is an error that says so", () =>
  withPlatform({}, async (platform) => {
    const path = join(platform.home, "a.db");
    using store = await IssueStore.open(platform, path);
    store.putPage([anIssue("a"), anIssue("b")]);
    const database = await platform.openDatabase(path);
    database.exec("UPDATE tracker_issues SET json = '{' WHERE id = 'a'");
    database.exec(`UPDATE tracker_issues SET json = '{"ref":{}}' WHERE id = 'b'`);
    database.close();
    assert.throws(() => store.get("a"), { code: "database_damaged" });
    assert.throws(() => store.get("b"), { code: "database_damaged", message: /ref\.system/ });
  }));

storeTest("a refused edit is not the state of an issue, in lists and counts", (store) => {
  const base = anIssue("a");
  const fault = { code: "tool_failed", message: "blocked", at: 8 };
  store.issues.put({
    issue: { ...base, status: "done", title: "Ours" },
    base,
    edits: { status: { at: 7, fault }, title: { at: 7 } },
    seenAt: null,
  });
  assert.deepEqual(store.list().map(({ status, title }) => [status, title]), [["todo", "Ours"]]);
  assert.deepEqual(store.list({ status: ["done"] }), []);
  assert.equal(store.get("a")?.status, "todo");
  const { byStatus, refused } = store.counts();
  assert.deepEqual([byStatus.done, byStatus.todo, refused], [0, 1, 1]);
  assert.deepEqual(store.issues.refused(), [
    { id: "a", field: "status", wanted: "done", code: "tool_failed", message: "blocked" },
  ]);
  assert.equal(store.issues.require("a").issue.status, "done", "the edit is still there");
});

Deno.test("edits of the time before fields had times of their own carry theirs over", () =>
  withPlatform({}, async (platform) => {
    const path = join(platform.home, "old.db");
    const old = await platform.openDatabase(path, { migrations: STORE_MIGRATIONS.slice(0, 5) });
    const put = (id: string, issue: unknown, base: unknown) =>
      old.prepare(
        `INSERT INTO tracker_issues (id, title, status, issue_type, updated_at, json, base, edited_at)
         VALUES (?, 't', 'todo', 'task', 1, ?, ?, 7)`,
      ).run(id, JSON.stringify(issue), JSON.stringify(base));
    const parent = { system: "beads", workspace: "w", id: "p" };
    put("a", anIssue("a", { title: "Ours", labels: ["x"], parent_ref: parent }), anIssue("a"));
    put("b", anIssue("b", { status: "done" }), anIssue("b"));
    put("c", anIssue("c", { status: "done" }), anIssue("c"));
    put("local-1", anIssue("local-1"), null);
    old.exec(
      "INSERT INTO tracker_aliases VALUES ('l-b', 'b', 1), ('l-c', 'c', 1), ('l-d', 'd', 1)",
    );
    // Its status went over a change of the tracker while the issue was still taken for one made here.
    old.exec(
      `INSERT INTO tracker_conflicts (issue_id, field, reason, base, ours, theirs, taken, detected_at)
       VALUES ('c', 'status', 'owner', '"todo"', '"done"', '"blocked"', 'ours', 9)`,
    );
    old.close();
    using store = await IssueStore.open(platform, path);
    const at = 7;
    assert.deepEqual(store.issues.require("a").edits, {
      title: { at },
      labels: { at },
      parent: { at },
    });
    assert.deepEqual(store.issues.require("b").edits, { status: { at, made: true } });
    assert.deepEqual(store.issues.require("c").edits, { status: { at } });
    assert.deepEqual(store.issues.require("local-1").edits["title"], { at, made: true });
    assert.deepEqual(store.issues.pending().length, 4);
  }));
