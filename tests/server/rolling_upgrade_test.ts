/**
 * Processes of two neighbouring versions run on one database while a host is upgraded: what the version before writes,
 * the new schema takes (decision 0036).
 */
import assert from "node:assert/strict";
import { type Database, migrate, systemDatabaseOpener } from "../../src/platform/database.ts";
import { systemPlatform } from "../../src/platform/system.ts";
import { HOST_MIGRATIONS } from "../../src/server/store/migrations/migrations.ts";
import { openPostgresStore } from "../../src/server/store/postgres.ts";
import { parsePostgresUrl } from "../../src/server/store/postgres_address.ts";
import { IN_MEMORY, openSqliteStore } from "../../src/server/store/sqlite.ts";
import type { HostStore, SqlValue } from "../../src/server/store/store.ts";
import { migratedDatabase, withDatabase } from "../support/postgres.ts";
import { testPlatform } from "../support/platform.ts";

/** The schema of the last release. Each version after it is held to the rule. */
const RELEASED = 6;

interface Column {
  readonly name: string;
  readonly isRequired: boolean;
  readonly hasDefault: boolean;
}

interface Table {
  readonly columns: readonly Column[];
  /** The columns and the condition of each unique index. */
  readonly unique: ReadonlySet<string>;
}

/** Returns what of a change between two schemas a process of the older one could not work with. */
function breaks(before: ReadonlyMap<string, Table>, after: ReadonlyMap<string, Table>): string[] {
  const found: string[] = [];
  for (const [name, old] of before) {
    const table = after.get(name);
    if (table === undefined) {
      found.push(`${name} is gone`);
      continue;
    }
    const columns = new Map(table.columns.map((column) => [column.name, column]));
    for (const column of old.columns) {
      const now = columns.get(column.name);
      columns.delete(column.name);
      if (now === undefined) found.push(`${name}.${column.name} is gone`);
      else if (now.isRequired && !now.hasDefault && !column.isRequired) {
        found.push(`${name}.${column.name} is required now`);
      }
    }
    for (const { name: added, isRequired, hasDefault } of columns.values()) {
      if (isRequired && !hasDefault) found.push(`${name}.${added} is new and has no default`);
    }
    for (const index of table.unique) {
      if (!old.unique.has(index)) found.push(`${name} is unique by ${index} now`);
    }
  }
  return found;
}

function tablesOf(database: Database): Map<string, Table> {
  const all = (sql: string, ...values: string[]) => database.prepare(sql).all(...values);
  const tables = all(
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
  );
  return new Map(tables.map(({ name }) => {
    const columns = all("SELECT * FROM pragma_table_info(?)", String(name)).map((column) => ({
      name: String(column["name"]),
      isRequired: column["notnull"] === 1,
      // A row's own number is made by the database.
      hasDefault: column["dflt_value"] !== null ||
        column["pk"] === 1 && column["type"] === "INTEGER",
    }));
    const indexes = all(
      `SELECT i.name, m.sql FROM pragma_index_list(?) i LEFT JOIN sqlite_master m ON m.name = i.name
       WHERE i."unique" = 1`,
      String(name),
    );
    const unique = indexes.map((index) => {
      const parts = all("SELECT name FROM pragma_index_info(?)", String(index["name"]));
      const condition = /WHERE .*/.exec(String(index["sql"] ?? ""))?.[0] ?? "";
      return `${parts.map((part) => part["name"]).join(", ")} ${condition}`.trim();
    });
    return [String(name), { columns, unique: new Set(unique) }];
  }));
}

async function withSchema<T>(
  migrations: readonly string[],
  look: (database: Database) => T,
): Promise<T> {
  const database = await systemDatabaseOpener()(IN_MEMORY);
  try {
    migrate(database, migrations);
    return look(database);
  } finally {
    database.close();
  }
}

Deno.test("no migration since the last release takes from processes of the version before what they need", async () => {
  assert.ok(HOST_MIGRATIONS.length > RELEASED);
  for (let version = RELEASED; version < HOST_MIGRATIONS.length; version++) {
    const [before, after] = await Promise.all(
      [version, version + 1].map((count) => withSchema(HOST_MIGRATIONS.slice(0, count), tablesOf)),
    );
    assert.deepEqual(breaks(before ?? new Map(), after ?? new Map()), [], `version ${version + 1}`);
  }
});

Deno.test("migrations that break processes of the version before are found", async () => {
  const first =
    "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b TEXT) STRICT; CREATE TABLE u (a TEXT) STRICT;";
  const fine =
    "ALTER TABLE t ADD COLUMN c TEXT; ALTER TABLE t ADD COLUMN d TEXT NOT NULL DEFAULT ''; CREATE TABLE v (a TEXT NOT NULL) STRICT; CREATE INDEX t_by_a ON t (a);";
  const second = [
    "ALTER TABLE t DROP COLUMN b",
    "ALTER TABLE t RENAME COLUMN a TO z",
    "DROP TABLE u",
    "CREATE UNIQUE INDEX t_once ON t (a) WHERE b = ''",
    `CREATE TABLE w (id INTEGER PRIMARY KEY, a TEXT NOT NULL, b TEXT, c TEXT NOT NULL) STRICT;
     DROP TABLE t; ALTER TABLE w RENAME TO t`,
  ];
  const before = await withSchema([first], tablesOf);
  assert.deepEqual(breaks(before, await withSchema([first, fine], tablesOf)), []);
  const found = await Promise.all(
    second.map(async (sql) => breaks(before, await withSchema([first, sql], tablesOf))),
  );
  assert.deepEqual(found, [
    ["t.b is gone"],
    ["t.a is gone"],
    ["u is gone"],
    ["t is unique by a WHERE b = '' now"],
    ["t.a is required now", "t.c is new and has no default"],
  ]);
});

/** What a process of the last release writes, each statement as it stands there. */
const OLD_STATEMENTS: readonly (readonly [string, readonly SqlValue[]])[] = [
  inserting("users", {
    id: "usr_1",
    username: "eve",
    email: "e",
    name: "Eve",
    password: "p",
    created_at: 1,
  }),
  inserting("teams", { id: "team_1", slug: "old", name: "old" }),
  inserting("members", { team_id: "team_1", user_id: "usr_1", role: "member" }),
  inserting("token_families", { id: "fam_1", user_id: "usr_1", created_at: 1 }),
  inserting("access_tokens", { hash: "a", family_id: "fam_1", expires_at: 9 }),
  inserting("refresh_tokens", { hash: "r", family_id: "fam_1", expires_at: 9 }),
  inserting("device_codes", {
    device_hash: "d",
    user_code: "BCDF-GHJK",
    expires_at: 9,
    interval_seconds: 5,
    state: "pending",
  }),
  inserting("authorization_codes", {
    hash: "c",
    user_id: "usr_1",
    redirect_uri: "http://127.0.0.1/",
    challenge: "c",
    expires_at: 9,
  }),
  inserting("installations", {
    id: "ins_1",
    team_id: "team_1",
    provider: "linear",
    provider_account_id: "acc",
  }),
  inserting("user_links", { id: "lnk_1", installation_id: "ins_1", user_id: "usr_1" }),
  inserting("resources", {
    id: "res_1",
    installation_id: "ins_1",
    resource_type: "team",
    external_id: "e",
    workspace: "w",
    key: "OLD",
    name: "n",
    label: "l",
    url: "u",
    context: "{}",
    workflow: "open",
    next_number: 1,
  }),
  inserting("candidate_tokens", {
    hash: "h",
    team_id: "team_1",
    resource_id: "res_1",
    project_uuid: null,
    expires_at: 9,
  }),
  inserting("mappings", {
    binding_ref: "srm_1",
    installation_id: "ins_1",
    resource_id: "res_1",
    project_uuid: "p",
    project_slug: "p",
    repo_slug: null,
    state: "active",
    bound_at: 1,
  }),
  ["UPDATE resources SET last_change = last_change + 1 WHERE id = ?", ["res_1"]],
  inserting("issues", {
    resource_id: "res_1",
    external_id: "i",
    key_folded: "old-1",
    status: "todo",
    issue_type: "task",
    updated_ms: 1,
    change: 1,
    first_change: 1,
    version: 1,
    undelivered: 1,
    parent_id: null,
    json: "{}",
    search: "",
  }),
  inserting("tombstones", {
    resource_id: "res_1",
    external_id: "gone",
    ref: "{}",
    version: 1,
    change: 2,
    removed_at: 1,
  }),
  inserting("comments", {
    id: "cmt_1",
    resource_id: "res_1",
    external_id: "i",
    change: 3,
    user_id: "usr_1",
    body: "b",
    created_at: 1,
  }),
  inserting("package_mappings", {
    resource_id: "res_1",
    wp_id: "WP1",
    external_id: "i",
    created_at: 1,
    updated_at: 1,
  }),
  inserting("operations", {
    id: "op_1",
    team_id: "team_1",
    user_id: "usr_1",
    binding_ref: "srm_1",
    request: "{}",
    state: "pending",
    created_at: 1,
  }),
  inserting("operation_items", {
    operation_id: "op_1",
    place: 0,
    outcome: "created",
    item: "{}",
    error: null,
  }),
  inserting("idempotency", {
    team_id: "team_1",
    key: "k",
    path: "/p",
    body_hash: "b",
    status: 0,
    answer: "",
    created_at: 1,
  }),
  inserting("events", {
    team_id: "team_1",
    event_id: "e",
    user_id: "usr_1",
    node_id: "n",
    lamport_clock: 1,
    json: "{}",
    received_at: 1,
  }),
  inserting("origin_links", {
    id: "org_1",
    installation_id: "ins_1",
    project_uuid: "p",
    feature_slug: "f",
    external_id: "i",
    json: "{}",
    bound_at: 1,
  }),
  inserting("snapshots", {
    receipt_id: "rcpt_1",
    team_id: "team_1",
    provider: "beads",
    workspace: "w",
    resolution: "exact",
    json: "{}",
    received_at: 1,
  }),
];

function inserting(
  table: string,
  row: Readonly<Record<string, SqlValue>>,
): readonly [string, readonly SqlValue[]] {
  const names = Object.keys(row);
  const places = names.map(() => "?").join(", ");
  return [`INSERT INTO ${table} (${names.join(", ")}) VALUES (${places})`, Object.values(row)];
}

async function writesAsBefore(store: HostStore): Promise<void> {
  try {
    for (const [sql, values] of OLD_STATEMENTS) {
      assert.equal(await store.run(sql, ...values), 1, sql);
    }
  } finally {
    await store.close();
  }
}

Deno.test("the new schema takes all that a process of the last release writes", async () => {
  await writesAsBefore(await openSqliteStore(testPlatform("/nowhere"), IN_MEMORY));
});

Deno.test("the new schema takes all that a process of the last release writes, in PostgreSQL too", () =>
  withDatabase(migratedDatabase, async (url) => {
    await writesAsBefore(await openPostgresStore(systemPlatform(), parsePostgresUrl(url)));
  }));
