/** Data that an earlier release has stored, opened by this one. */
import assert from "node:assert/strict";
import { openHostData } from "../../src/server/mod.ts";
import { HOST_MIGRATIONS } from "../../src/server/store/migrations/migrations.ts";
import { countByStatus } from "../../src/server/store/issue_counts.ts";
import { storeIssue } from "../../src/server/store/issues.ts";
import { listSnapshots } from "../../src/server/store/snapshots.ts";
import { removeIssue } from "../../src/server/store/tombstones.ts";
import { anIssue } from "../support/issues.ts";
import { type TestPlatform, withPlatform } from "../support/platform.ts";

/** A directory with data of the first release, filled by `fill` (SQL). */
async function ofFirstRelease(platform: TestPlatform, fill: string): Promise<string> {
  const directory = `${platform.home}/data`;
  await platform.files.makeDirectory(directory);
  const database = await platform.openDatabase(`${directory}/host.db`, {
    migrations: HOST_MIGRATIONS.slice(0, 1),
  });
  database.exec(`
    INSERT INTO users VALUES ('u1', 'mei', 'm@x', 'Mei', '-', 0), ('u2', 'eve', 'e@x', 'Eve', '-', 0);
    INSERT INTO teams VALUES ('t1', 'acme', 'Acme'), ('t2', 'others', 'Others');
    INSERT INTO members VALUES ('t1', 'u1', 'member'), ('t2', 'u2', 'member'), ('t2', 'u1', 'member');
    INSERT INTO installations VALUES ('i1', 't1', 'linear', 'x');
    INSERT INTO resources VALUES ('r1', 'i1', 'linear_team', 'e', 'w', 'K', 'n', 'l', 'u', '{}', 'open', 1);
    ${fill}`);
  database.close();
  return directory;
}

Deno.test("events stored before they belonged to teams belong to the team they name, else to their sender's", () =>
  withPlatform({}, async (platform) => {
    const directory = await ofFirstRelease(
      platform,
      `INSERT INTO events VALUES ('e1', 'u1', 'n', 1, '{"team_slug":"others"}', 0),
         ('e2', 'u1', 'n', 2, '{"team_slug":"local"}', 0), ('e3', 'u2', 'n', 3, '{"team_slug":"acme"}', 0),
         ('e0', 'gone', 'n', 4, '{}', 0);`,
    );
    const { store } = await openHostData(platform, { dataDir: directory });
    const rows = await store.all(
      "SELECT event_id, team_id, lamport_clock FROM events ORDER BY rowid",
    );
    assert.deepEqual(rows.map((row) => Object.values(row)), [
      ["e1", "t2", 1],
      ["e2", "t1", 2],
      ["e3", "t2", 3],
      ["e0", "", 4],
    ]);
    await store.close();
  }));

Deno.test("times that an earlier release stored as they came are repaired, once, and readers meet them again", () =>
  withPlatform({}, async (platform) => {
    const issue = (id: number, created: string, updated: string) =>
      `INSERT INTO issues VALUES (${id}, 'r1', 'x${id}', 'x${id}', 'todo', 'task', 1772616600000, ${id}, 1, 0,
         '{"ref":{"id":"x${id}"},"title":"ä","created_at":"${created}","updated_at":"${updated}"}', '');`;
    const directory = await ofFirstRelease(
      platform,
      [
        issue(1, "2026-03-04T09:30:00Z", "2026-03-04T09:30:00.123456789+01:00"),
        issue(2, "2026-03-04 09:30:00+00:00", "2026-03-04 09:30:00+00:00"),
        issue(3, "2026-03-04Z", "2026-03-04Z"),
      ].join("\n"),
    );
    const times = `SELECT json_extract(json, '$.created_at') AS created,
      json_extract(json, '$.updated_at') AS updated, change FROM issues ORDER BY id`;
    const expected = [
      ["2026-03-04T09:30:00Z", "2026-03-04T09:30:00.123456789+01:00", 1],
      ["2026-03-04T09:30:00+00:00", "2026-03-04T09:30:00+00:00", 4],
      ["2026-03-04T09:30:00.000Z", "2026-03-04T09:30:00.000Z", 5],
    ];
    for (const _start of ["first", "second"]) {
      const { store } = await openHostData(platform, { dataDir: directory });
      assert.deepEqual((await store.all(times)).map((row) => Object.values(row)), expected);
      assert.equal(await store.one("SELECT 1 FROM repairs"), null);
      await store.close();
    }
  }));

Deno.test("parents stored by their key are known by their id, and a first change counts as one", () =>
  withPlatform({}, async (platform) => {
    const issue = (id: number, key: string, parent: string | null, version: number) =>
      `INSERT INTO issues VALUES (${id}, 'r1', 'x${id}', '${key}', 'todo', 'task', 0, ${id}, ${version}, 0,
         '{"ref":{"id":"x${id}"},"created_at":"2026-03-04T09:30:00Z","updated_at":"2026-03-04T09:30:00Z",
         "parent_ref":${parent === null ? "null" : `{"id":"${parent}"}`}}', '');`;
    const directory = await ofFirstRelease(
      platform,
      [issue(1, "k-1", null, 1), issue(2, "k-2", "K-1", 2), issue(3, "k-3", "x2", 1)].join("\n"),
    );
    const { store } = await openHostData(platform, { dataDir: directory });
    const rows = await store.all("SELECT parent_id, first_change FROM issues ORDER BY id");
    assert.deepEqual(rows.map((row) => Object.values(row)), [[null, 1], ["x1", 0], ["x2", 3]]);
    await store.close();
  }));

Deno.test("a change after the upgrade has the number after the last one stored before", () =>
  withPlatform({}, async (platform) => {
    const times = `"created_at":"2026-03-04T09:30:00Z","updated_at":"2026-03-04T09:30:00Z"`;
    const directory = await ofFirstRelease(
      platform,
      `INSERT INTO issues VALUES (1, 'r1', 'x1', 'k-1', 'todo', 'task', 0, 41, 1, 0,
         '{"ref":{"id":"x1"},${times}}', '');`,
    );
    const { store } = await openHostData(platform, { dataDir: directory });
    await store.transaction((tx) => storeIssue(tx, "r1", anIssue("new"), false));
    const row = await store.one("SELECT change FROM issues WHERE external_id = 'new'");
    assert.equal(row?.["change"], 42);
    await store.close();
  }));

Deno.test("changes that a host of an earlier release stores after the upgrade are counted at the next start", () =>
  withPlatform({}, async (platform) => {
    const directory = await ofFirstRelease(platform, "");
    const upgraded = await openHostData(platform, { dataDir: directory });
    await upgraded.store.transaction((tx) => storeIssue(tx, "r1", anIssue("before"), false));
    // It was started before the upgrade, and knows nothing of the number in the resource's row.
    await upgraded.store.run(
      `INSERT INTO issues (resource_id, external_id, key_folded, status, issue_type, updated_ms, change, first_change,
         version, undelivered, json, search)
       SELECT 'r1', 'meanwhile', 'k', 'todo', 'task', 0, MAX(change) + 1, MAX(change) + 1, 1, 0, '{}', '' FROM issues`,
    );
    await upgraded.store.close();
    const { store } = await openHostData(platform, { dataDir: directory });
    await store.transaction((tx) => storeIssue(tx, "r1", anIssue("after"), false));
    const row = await store.one("SELECT change FROM issues WHERE external_id = 'after'");
    assert.equal(row?.["change"], 3);
    await store.close();
  }));

Deno.test("data of the release before there were tombstones keeps its issues, their versions and its changes", () =>
  withPlatform({}, async (platform) => {
    const issue = (id: number, version: number) =>
      `INSERT INTO issues VALUES (${id}, 'r1', 'x${id}', 'k-${id}', 'todo', 'task', 0, ${id}, ${version}, 0,
         '{"ref":{"id":"x${id}"},"created_at":"2026-03-04T09:30:00Z","updated_at":"2026-03-04T09:30:00Z"}', '');`;
    const directory = await ofFirstRelease(platform, `${issue(1, 7)} ${issue(2, 1)}`);
    const file = `${directory}/host.db`;
    const before = await platform.openDatabase(file, { migrations: HOST_MIGRATIONS.slice(0, 4) });
    before.close();
    for (const _start of ["first", "second"]) {
      const { store } = await openHostData(platform, { dataDir: directory });
      const rows = await store.all("SELECT external_id, version, change FROM issues ORDER BY id");
      assert.deepEqual(rows.map((row) => Object.values(row)), [["x1", 7, 1], ["x2", 1, 2]]);
      assert.equal(await store.one("SELECT 1 FROM tombstones"), null);
      assert.deepEqual(await countByStatus(store, "r1"), { total: 2, todo: 2 });
      await store.close();
    }
    const { store } = await openHostData(platform, { dataDir: directory });
    await store.transaction((tx) => removeIssue(tx, "r1", "x1", 5));
    const left = await store.all("SELECT external_id, ref, version, change FROM tombstones");
    // Its reference did not say where it belongs.
    const ref = '{"system":"linear","workspace":"w","id":"x1"}';
    assert.deepEqual(left.map((row) => Object.values(row)), [["x1", ref, 7, 3]]);
    await store.close();
  }));

Deno.test("a place of the release before knows at which server it is by its connection", () =>
  withPlatform({}, async (platform) => {
    const directory = await ofFirstRelease(
      platform,
      "INSERT INTO resources VALUES ('r2', 'i1', 'linear_team', 'e2', 'w', 'K', 'n', 'l', 'u', '{}', 'open', 1);",
    );
    const file = `${directory}/host.db`;
    const before = await platform.openDatabase(file, { migrations: HOST_MIGRATIONS.slice(0, 13) });
    before.exec(`
      INSERT INTO connections (id, team_id, installation_id, name, base_url, credential_kind, credential, made_at, state)
        VALUES ('c1', 't1', 'i1', 'linear', 'https://api.linear.test', 'key', '', 0, 'ok');
      UPDATE resources SET connection_id = 'c1' WHERE id = 'r1';`);
    before.close();
    const { store } = await openHostData(platform, { dataDir: directory });
    const rows = await store.all("SELECT id, server, own_id FROM resources ORDER BY id");
    assert.deepEqual(rows.map((row) => Object.values(row)), [
      ["r1", "https://api.linear.test", null],
      ["r2", null, null],
    ]);
    await store.close();
  }));

Deno.test("a snapshot of an earlier release is read whole", () =>
  withPlatform({}, async (platform) => {
    const json = '{"project_slug":"early"}';
    const directory = await ofFirstRelease(
      platform,
      `INSERT INTO snapshots VALUES ('rcpt_1', 't1', 'beads', 'demo', 'queued', '${json}', 0);`,
    );
    const { store } = await openHostData(platform, { dataDir: directory });
    const snapshots = await listSnapshots(store);
    assert.deepEqual(snapshots.map((row) => [row["receipt_id"], row["json"], row["parts"]]), [
      ["rcpt_1", json, 0],
    ]);
    await store.close();
  }));
