import type { StoreReader } from "./reading.ts";
import { integer, text } from "./row.ts";

/** What a database holds. */
export interface StoredSchema {
  /** How many migrations it has had. */
  readonly version: number;
  /** Its tables, sorted. */
  readonly tables: readonly string[];
}

/** Returns a table of a database that is another program's; `null` for one of a host, or an empty one. */
export function foreignTable(
  dialect: StoreReader["dialect"],
  { tables }: StoredSchema,
): string | null {
  // A table that every version of a host has had.
  const ours = dialect === "postgres" ? "tracker_host_schema" : "installations";
  return tables.includes(ours) ? null : tables[0] ?? null;
}

/** Returns how many migrations a database has had, and its tables; 0 where none of a host is. */
export async function readSchema(reader: StoreReader): Promise<StoredSchema> {
  const isSqlite = reader.dialect === "sqlite";
  const rows = await reader.all(
    isSqlite
      ? "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
      : `SELECT c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p', 'f', 'v', 'm')
           AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
         ORDER BY c.relname`,
  );
  const tables = rows.map((row) => text(row, "name"));
  if (!isSqlite && !tables.includes("tracker_host_schema")) return { version: 0, tables };
  const [version] = await reader.all(
    isSqlite
      ? "SELECT user_version AS version FROM pragma_user_version"
      : "SELECT version FROM tracker_host_schema",
  );
  return { version: version === undefined ? 0 : integer(version, "version"), tables };
}

/** Returns what tells the key that credentials are encrypted under; `null` before the first one. */
export async function storedKeyCheck(reader: StoreReader): Promise<string | null> {
  const [row] = await reader.all("SELECT value FROM host_settings WHERE name = 'key_check'");
  return row === undefined ? null : text(row, "value");
}

/** Facts of a server of PostgreSQL. */
export interface ServerFacts {
  /** Such as 150004. */
  readonly number: number;
  readonly version: string;
  readonly encoding: string;
  /** Whether a session that says nothing else could only read. */
  readonly isReadOnly: boolean;
  readonly used: number;
  readonly most: number;
  /** Its time, milliseconds since 1970. */
  readonly now: number;
}

/** Returns the facts of the server that a reader is connected to. */
export async function serverFacts(reader: StoreReader): Promise<ServerFacts> {
  // This session itself may only read: the setting it began with counts.
  const [row = {}] = await reader.all(
    `SELECT CAST(current_setting('server_version_num') AS INTEGER) AS number,
       current_setting('server_version') AS version,
       current_setting('server_encoding') AS encoding,
       CASE WHEN pg_is_in_recovery() OR (SELECT reset_val FROM pg_settings
         WHERE name = 'default_transaction_read_only') = 'on' THEN 1 ELSE 0 END AS read_only,
       (SELECT COUNT(*) FROM pg_stat_activity WHERE backend_type = 'client backend') AS used,
       CAST(current_setting('max_connections') AS INTEGER) AS most,
       CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT) AS now`,
  );
  return {
    number: integer(row, "number"),
    version: text(row, "version"),
    encoding: text(row, "encoding"),
    isReadOnly: integer(row, "read_only") === 1,
    used: integer(row, "used"),
    most: integer(row, "most"),
    now: integer(row, "now"),
  };
}

/** Returns what a user of PostgreSQL may not do with tables of the current schema, such as `UPDATE of "issues"`. */
export async function missingRights(
  reader: StoreReader,
  tables: readonly string[],
): Promise<readonly string[]> {
  const rows = await reader.all(
    `SELECT c.relname AS name, r.kind AS kind
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
       CROSS JOIN (VALUES ('SELECT'), ('INSERT'), ('UPDATE'), ('DELETE')) AS r (kind)
     WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p')
       AND NOT has_table_privilege(c.oid, r.kind)
     ORDER BY c.relname, r.kind`,
  );
  return rows.filter((row) => tables.includes(text(row, "name")))
    .map((row) => `${text(row, "kind")} of "${text(row, "name")}"`);
}

/** Returns how much a host holds. */
export async function countRows(
  reader: StoreReader,
): Promise<Readonly<Record<"teams" | "users" | "resources" | "issues", number>>> {
  const [row = {}] = await reader.all(
    `SELECT (SELECT COUNT(*) FROM teams) AS teams, (SELECT COUNT(*) FROM users) AS users,
       (SELECT COUNT(*) FROM resources) AS resources, (SELECT COUNT(*) FROM issues) AS issues`,
  );
  return {
    teams: integer(row, "teams"),
    users: integer(row, "users"),
    resources: integer(row, "resources"),
    issues: integer(row, "issues"),
  };
}
