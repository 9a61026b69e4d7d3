import type { ClientBase } from "pg";
import { newerDatabase } from "../../../platform/database_faults.ts";
import { migrationIn } from "../dialect.ts";
import { foreignDatabase, isCollision, postgresError, sqlState } from "../postgres_faults.ts";
import { POSTGRES_INDEX } from "../word_index.ts";

/** Names the lock that one migrating process holds, in every database. */
const LOCK = 7_230_114_559;

/** Times that a migration is tried at most while it meets with the work of others: almost two minutes. */
const ATTEMPTS = 200;

const OLDEST_SERVER = 130_000;

/**
 * Brings a PostgreSQL database to the newest schema. Each migration runs in a transaction of its own, under a lock that
 * ends with it, and only once when several processes start together. A migration that meets with the work of other
 * processes gives way to it, and is tried again, `attempts` times in all. `name` is the address for people.
 *
 * @throws {TrackerError} `database_newer`, `database_foreign`, `database_unsuitable`; nothing is changed then.
 */
export async function migratePostgres(
  client: ClientBase,
  name: string,
  migrations: readonly string[],
  attempts: number = ATTEMPTS,
): Promise<void> {
  await requireSuitable(client, name);
  for (let collisions = 0;;) {
    const version = await postgresVersion(client, name);
    if (version > migrations.length) throw newerDatabase(name, { database: name });
    if (version === migrations.length) return;
    try {
      await migrateOnce(client, name, migrations);
    } catch (error) {
      if (!isCollision(error) && sqlState(error) !== LOCK_NOT_AVAILABLE) throw error;
      if (++collisions >= attempts) throw error;
      await client.query("SELECT pg_sleep(random() * 0.05)");
    }
  }
}

/** PostgreSQL's code for a lock that was not free in time. */
const LOCK_NOT_AVAILABLE = "55P03";

/**
 * An older process, which serves meanwhile, may wait for a table of the migration and hold another that it needs. Then
 * it is rather the migration that ends than the work: it waits for a table for a quarter of the time after which
 * PostgreSQL looks for such a circle. Work that is ended all the same is done again.
 */
const GIVING_WAY =
  `SELECT set_config('lock_timeout', CAST(greatest(1, setting::bigint / 4) AS TEXT), true)
   FROM pg_settings WHERE name = 'deadlock_timeout'`;

/** Takes the lock, and does the next migration unless another process has just done it. */
async function migrateOnce(
  client: ClientBase,
  name: string,
  migrations: readonly string[],
): Promise<void> {
  await client.query("BEGIN");
  try {
    await client.query("SELECT pg_advisory_xact_lock($1)", [LOCK]);
    const version = await postgresVersion(client, name);
    const statements = migrations[version];
    if (statements !== undefined) {
      await client.query(GIVING_WAY);
      if (version === 0) {
        await client.query("CREATE TABLE tracker_host_schema (version BIGINT NOT NULL)");
        await client.query("INSERT INTO tracker_host_schema (version) VALUES (0)");
      }
      await client.query(migrationIn("postgres", statements));
      await client.query("UPDATE tracker_host_schema SET version = $1", [version + 1]);
    }
    await client.query("COMMIT");
  } catch (error) {
    await client.query("ROLLBACK").catch(() => {
      // The connection is lost, and the transaction with it.
    });
    throw error;
  }
}

/**
 * Returns how many migrations a database has had; 0 when it holds no table.
 *
 * @throws {TrackerError} `database_foreign` when it holds tables of another program alone.
 */
export async function postgresVersion(client: ClientBase, name: string): Promise<number> {
  const tables = await tablesOf(client);
  if (!tables.includes("tracker_host_schema")) {
    const foreign = tables[0];
    if (foreign === undefined) return 0;
    throw foreignDatabase(name, foreign);
  }
  const { rows } = await client.query("SELECT version FROM tracker_host_schema");
  return Number(rows[0]?.version ?? 0);
}

/** The tables in the schema of the connection, but those of extensions. */
async function tablesOf(client: ClientBase): Promise<string[]> {
  const { rows } = await client.query<{ relname: string }>(
    `SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p', 'f', 'v', 'm')
       AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
     ORDER BY c.relname`,
  );
  return rows.map(({ relname }) => relname);
}

async function requireSuitable(client: ClientBase, name: string): Promise<void> {
  const { rows } = await client.query<{ number: string; version: string; encoding: string }>(
    `SELECT current_setting('server_version_num') AS number,
       current_setting('server_version') AS version, current_setting('server_encoding') AS encoding`,
  );
  const [facts] = rows;
  if (facts === undefined) return;
  if (Number(facts.number) < OLDEST_SERVER) {
    throw postgresError("database_unsuitable", name, `PostgreSQL ${facts.version} is too old`);
  }
  if (facts.encoding !== "UTF8") {
    throw postgresError("database_unsuitable", name, `its encoding is ${facts.encoding}`);
  }
}

/** Names the lock of the process that creates it, in every database. */
const INDEX_LOCK = 7_230_114_560;

/**
 * Creates the index of PostgreSQL for searches by words, unless it is there. The extension `pg_trgm` makes it: without
 * that, searches read the issues. Where it is installed later, the next start creates the index.
 */
export async function ensureWordIndex(client: ClientBase): Promise<void> {
  if (await hasIndex(client)) return;
  await client.query("BEGIN");
  try {
    await client.query("SELECT pg_advisory_xact_lock($1)", [INDEX_LOCK]);
    const schema = await hasIndex(client) ? null : await schemaOfExtension(client);
    if (schema !== null) {
      const operators = `"${schema.replaceAll('"', '""')}".gin_trgm_ops`;
      // What is looked up by name here may be older than the lock: another process may have created it meanwhile.
      await client.query(
        `CREATE INDEX IF NOT EXISTS ${POSTGRES_INDEX} ON issues USING gin (search ${operators})`,
      );
    }
    await client.query("COMMIT");
  } catch (error) {
    await client.query("ROLLBACK").catch(() => {
      // The connection is lost, and the transaction with it.
    });
    throw error;
  }
}

async function hasIndex(client: ClientBase): Promise<boolean> {
  const { rowCount } = await client.query("SELECT 1 WHERE to_regclass($1) IS NOT NULL", [
    POSTGRES_INDEX,
  ]);
  return rowCount === 1;
}

/** Returns the schema of the extension; installs it where that is allowed; `null` where it cannot be had. */
async function schemaOfExtension(client: ClientBase): Promise<string | null> {
  await client.query(
    `DO $$ BEGIN
       IF EXISTS (SELECT 1 FROM pg_available_extensions WHERE name = 'pg_trgm') THEN
         CREATE EXTENSION IF NOT EXISTS pg_trgm;
       END IF;
     EXCEPTION WHEN insufficient_privilege THEN
       RAISE NOTICE 'Searches by words are slow: "pg_trgm" is not installed';
     END $$`,
  );
  const { rows } = await client.query<{ nspname: string }>(
    `SELECT n.nspname FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
     WHERE e.extname = 'pg_trgm'`,
  );
  return rows[0]?.nspname ?? null;
}
