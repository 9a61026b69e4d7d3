import assert from "node:assert/strict";
import { HOST_MIGRATIONS } from "../../src/server/store/migrations/migrations.ts";
import type { HostFinding } from "../../src/server/upkeep/finding.ts";
import { treeOf } from "../cli/tree.ts";
import { checkNames } from "../support/checks.ts";
import { isOnPostgres } from "../support/host_data.ts";
import { isAlarm, withCheckedHost } from "./check_support.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

Deno.test("a host in order has no alarm, and looking at it changes no byte", () =>
  withCheckedHost(async ({ directory, findings }) => {
    const before = await treeOf(directory, true);
    const found = await findings();
    assert.deepEqual(found.filter(isAlarm), []);
    assert.deepEqual(await treeOf(directory, true), before);
    const counters = of(found, "counters");
    assert.equal(counters.message, "what is stored agrees (1 team, 1 user, 1 resource, 1 issue)");
    const names = checkNames(isOnPostgres() ? "postgres" : "sqlite");
    assert.deepEqual(found.map(({ check }) => check), names);
  }));

/** What contradicts what: the statements that plant it, and those that take it away. */
const CONTRADICTIONS: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  ["change_of_issues", [
    "UPDATE resources SET last_change = 8",
    "UPDATE mappings SET synced_change = 8",
  ], ["UPDATE resources SET last_change = 9", "UPDATE mappings SET synced_change = 9"]],
  ["change_of_tombstones", ["INSERT INTO tombstones VALUES ('r1', 'gone', 'k', 1, 10, 1)"], [
    "DELETE FROM tombstones",
  ]],
  [
    "change_of_comments",
    ["INSERT INTO comments VALUES ('c1', 'r1', 'e1', 10, 'u1', 'b', 1, NULL)"],
    [
      "DELETE FROM comments",
    ],
  ],
  ["next_number", ["UPDATE resources SET next_number = 0"], [
    "UPDATE resources SET next_number = 5",
  ]],
  ["synced_change", ["UPDATE mappings SET synced_change = 10"], [
    "UPDATE mappings SET synced_change = 9",
  ]],
  ["mapping_resource", ["UPDATE mappings SET installation_id = 'i2'"], [
    "UPDATE mappings SET installation_id = 'i1'",
  ]],
  ["issue_and_tombstone", ["INSERT INTO tombstones VALUES ('r1', 'e1', 'k', 1, 9, 1)"], [
    "DELETE FROM tombstones",
  ]],
  ["issue_resource", [
    "UPDATE issues SET resource_id = 'none'",
    "UPDATE issue_counts SET resource_id = 'none'",
  ], ["UPDATE issues SET resource_id = 'r1'", "UPDATE issue_counts SET resource_id = 'r1'"]],
  ["issue_counts", ["UPDATE issue_counts SET issues = 2"], ["UPDATE issue_counts SET issues = 1"]],
  [
    "comment_resource",
    ["INSERT INTO comments VALUES ('c1', 'none', 'e1', 1, 'u1', 'b', 1, NULL)"],
    [
      "DELETE FROM comments",
    ],
  ],
  ["resource_connection", ["UPDATE resources SET connection_id = 'none'"], [
    "UPDATE resources SET connection_id = NULL",
  ]],
  ["snapshot_parts", [
    "INSERT INTO snapshots VALUES ('rcpt1', 't1', 'beads', 'w', 'queued', '{', 1, 2)",
    "INSERT INTO snapshot_parts VALUES ('rcpt1', 1, 1, '}')",
  ], ["DELETE FROM snapshots"]],
  ["member_user", ["UPDATE members SET user_id = 'none'"], ["UPDATE members SET user_id = 'u1'"]],
  ["connection_team", [connection("ok", "none")], ["DELETE FROM connections"]],
];

Deno.test("every contradiction between rows is found, and told with an example", () =>
  withCheckedHost(async ({ plant, findings }) => {
    for (const [name, planting, undoing] of CONTRADICTIONS) {
      await plant(...planting);
      const found = (await findings()).filter(isAlarm)
        .filter(({ check }) => check === "counters");
      assert.deepEqual(found.map(({ status, details }) => [status, details["name"]]), [
        ["failed", name],
      ]);
      assert.match(found[0]?.message ?? "", /^1 × .+, such as "\w+"$/);
      await plant(...undoing);
    }
    assert.deepEqual((await findings()).filter(isAlarm), []);
  }));

Deno.test("work that waits too long, has failed or belongs to nobody is a warning", () =>
  withCheckedHost(async ({ plant, alarm }) => {
    const now = Date.now();
    await plant(job("open", { runAt: now - HOUR }));
    assert.deepEqual(words(await alarm()), ["jobs", "1 open job, one due for 60 min"]);
    await plant("DELETE FROM jobs", job("open", { runAt: now, leaseUntil: now - MINUTE }));
    assert.deepEqual(words(await alarm()), ["leases", "1 job of a process that is gone"]);
    await plant("DELETE FROM jobs", job("failed", { runAt: now }));
    assert.deepEqual(words(await alarm()), ["failed jobs", "1 failed job"]);
    await plant("DELETE FROM jobs", item("waiting", now - 2 * DAY));
    assert.deepEqual(words(await alarm()), ["outbox", "1 change to deliver, one for 2 days"]);
    await plant("DELETE FROM outbox", item("failed", now));
    assert.deepEqual(words(await alarm()), [
      "failed deliveries",
      "1 change that could not be delivered",
    ]);
  }));

Deno.test("an operation without a job or an item of the outbox is a warning, a fresh one is none", () =>
  withCheckedHost(async ({ plant, alarm, findings }) => {
    await plant(operation(Date.now()));
    assert.deepEqual((await findings()).filter(isAlarm), []);
    await plant(`UPDATE operations SET created_at = ${Date.now() - HOUR}`);
    const found = await alarm();
    assert.deepEqual(words(found), ["operations", '1 open operation without a job, such as "o1"']);
    await plant(job("open", { runAt: Date.now(), kind: "operation", key: "o1" }));
    assert.deepEqual((await findings()).filter(isAlarm), []);
  }));

Deno.test("a connection in trouble is told with its detail, and a paused one is no alarm", () =>
  withCheckedHost(async ({ plant, alarm, findings }) => {
    await plant(connection("refused"));
    const key = ["key", "the key is missing: no credential can be read"];
    const alarms = async () => (await findings()).filter(isAlarm).map(words);
    assert.deepEqual(await alarms(), [
      ["connections", 'the connection "hub" is refused: Bad credentials'],
      key,
    ]);
    await plant("UPDATE connections SET state = 'unreachable', state_detail = NULL");
    assert.deepEqual(await alarms(), [["connections", 'the connection "hub" is unreachable'], key]);
    await plant("UPDATE connections SET state = 'ok', paused_at = 1");
    assert.deepEqual(words(await alarm()), key);
    assert.equal(of(await findings(), "connections").message, 'the connection "hub" is paused');
  }));

Deno.test("a place that cannot be read is a warning with the provider's words, unless its connection is paused", () =>
  withCheckedHost(async ({ plant, findings }) => {
    await plant(
      connection("ok"),
      "UPDATE resources SET connection_id = (SELECT id FROM connections), sync_error = 'It is gone'",
    );
    const found = of(await findings(), "places");
    assert.equal(found.status, "warning");
    assert.equal(found.message, '"l" cannot be read by the connection "hub": It is gone');
    assert.match(found.nextAction ?? "", /`tracker host sync`/);
    await plant("UPDATE connections SET paused_at = 1");
    assert.deepEqual((await findings()).filter(({ check }) => check === "places"), []);
  }));

Deno.test("a copy that is recorded is told with its age, and an old one is a warning", () =>
  withCheckedHost(async ({ plant, alarm, findings }) => {
    assert.equal(of(await findings(), "backup").status, "info");
    await plant(copied(Date.now() - 3 * HOUR));
    const fresh = of(await findings(), "backup");
    assert.deepEqual([fresh.status, fresh.message], [
      "ok",
      "the last copy by `tracker host backup` is 3 h old",
    ]);
    await plant("DELETE FROM audit", copied(Date.now() - 9 * DAY));
    const old = await alarm();
    assert.deepEqual(words(old), [
      "backup",
      "the last copy by `tracker host backup` is 9 days old",
    ]);
    assert.match(old.nextAction ?? "", /^run `tracker host backup FILE`/);
  }));

Deno.test("few descriptors are a warning, and of an unknown limit it is told why", () =>
  withCheckedHost(async ({ platform, alarm, findings }) => {
    const limited = (limit: number, os: typeof platform.system.os = "linux") => ({
      platform: { ...platform, system: { ...platform.system, os, descriptorLimit: () => limit } },
    });
    const found = await alarm(limited(256));
    assert.deepEqual([found.check, found.details], ["descriptors", { limit: 256 }]);
    const unknown = async (os: "linux" | "darwin") =>
      (await findings(limited(Number.POSITIVE_INFINITY, os)))
        .filter(({ check }) => check === "descriptors").map((
          { status, message },
        ) => [status, message]);
    assert.deepEqual(await unknown("linux"), [
      ["info", "how many files may be open is not known: `--allow-all` is not granted"],
    ]);
    assert.deepEqual(await unknown("darwin"), []);
  }));

Deno.test("a schema of another version, or not whole, is told, and nothing of it is misread", () =>
  withCheckedHost(async ({ plant, alarm, findings }) => {
    const version = (number: number) =>
      isOnPostgres()
        ? `UPDATE tracker_host_schema SET version = ${number}`
        : `PRAGMA user_version = ${number}`;
    const newest = HOST_MIGRATIONS.length;
    await plant(version(newest + 1));
    const newer = await alarm();
    assert.deepEqual([newer.check, newer.status, newer.details["code"]], [
      "schema",
      "failed",
      "database_newer",
    ]);
    assert.deepEqual((await findings()).filter(({ check }) => check === "counters"), []);
    await plant(version(newest - 1));
    const older = await alarm();
    assert.deepEqual([older.check, older.status], ["schema", "warning"]);
    assert.match(older.nextAction ?? "", /`tracker host migrate`/);
    assert.equal(of(await findings(), "counters").status, "ok");
    await plant(version(newest), "DROP TABLE outbox");
    const broken = await alarm();
    assert.deepEqual([broken.check, broken.details["missing"]], ["schema", ["outbox"]]);
  }));

function of(found: readonly HostFinding[], check: string): HostFinding {
  const one = found.find((finding) => finding.check === check);
  assert.ok(one !== undefined, `${check} was not looked at`);
  return one;
}

function words({ check, message }: HostFinding): readonly [string, string] {
  return [check, message];
}

function connection(state: string, team = "t1"): string {
  return `INSERT INTO connections (id, team_id, installation_id, name, base_url, site, credential_kind, credential, made_by, made_at, state, state_detail, state_at, budget_left, budget_resets_at, last_change_at, paused_at, status_words) VALUES ('con1', '${team}', 'i1', 'hub', 'https://x', NULL, 'token',
    'v1:a:b', NULL, 1, '${state}', ${
    state === "ok" ? "NULL" : "'Bad credentials'"
  }, NULL, NULL, NULL, NULL, NULL,
    '{}')`;
}

function job(
  state: string,
  { runAt, leaseUntil = null, kind = "tidy", key = "k" }: {
    readonly runAt: number;
    readonly leaseUntil?: number | null;
    readonly kind?: string;
    readonly key?: string;
  },
): string {
  const owner = leaseUntil === null ? "NULL" : "'p1'";
  return `INSERT INTO jobs VALUES ('j1', '${kind}', '${key}', NULL, '${state}', ${runAt}, 0, ${owner}, ${leaseUntil},
    0, NULL, 1, NULL)`;
}

function item(state: string, createdAt: number): string {
  return `INSERT INTO outbox VALUES (1, 'r1', 'con1', 'e1', NULL, 1, '{}', NULL, '${state}', 0, NULL, NULL, 0,
    ${createdAt}, NULL, 0)`;
}

function operation(createdAt: number): string {
  return `INSERT INTO operations VALUES ('o1', 't1', 'u1', 'm1', '{}', 'pending', NULL, NULL, ${createdAt}, NULL)`;
}

function copied(at: number): string {
  return `INSERT INTO audit VALUES ('a1', ${at}, NULL, NULL, 'command line', 'backup', 'host', '{}')`;
}
