import type { Platform } from "../../platform/platform.ts";
import { hostTables } from "../store/host_tables.ts";
import { HOST_MIGRATIONS } from "../store/migrations/migrations.ts";
import { foreignTable, missingRights, readSchema, serverFacts } from "../store/reading_facts.ts";
import type { StoreReader } from "../store/reading.ts";
import { age, broken, doubtful, type HostFinding, RESTORE, sound } from "./finding.ts";

/** The times of two machines may differ so much. */
const CLOCKS_MS = 5_000;
const OLDEST_SERVER = 130_000;

/** What is known of the schema of a database. */
export interface SchemaState {
  /** The version, where what is stored can be understood; else 0. */
  readonly version: number;
  /** Whether it is a host's, of whatever version. */
  readonly isOurs: boolean;
}

/** Looks at the version of the schema, and whether its tables are there. */
export async function schemaOf(
  platform: Platform,
  reader: StoreReader,
  name: string,
): Promise<SchemaState & { readonly finding: HostFinding }> {
  const newest = HOST_MIGRATIONS.length;
  const schema = await readSchema(reader);
  const { version, tables } = schema;
  const details = { version, newest };
  if (tables.length === 0) {
    const finding = broken(
      "schema",
      `"${name}" is empty: no host has stored anything in it`,
      "start a host on it, or correct the name",
      { ...details, code: "host_data_missing" },
    );
    return { version: 0, isOurs: false, finding };
  }
  const foreign = foreignTable(reader.dialect, schema);
  if (foreign !== null) {
    const finding = broken(
      "schema",
      `"${name}" belongs to another program: it holds the table "${foreign}"`,
      "name a database of tracker",
      { ...details, code: "database_foreign" },
    );
    return { version: 0, isOurs: false, finding };
  }
  if (version > newest) {
    const finding = broken(
      "schema",
      `"${name}" was written by a newer version of tracker (schema ${version}, known are ${newest})`,
      "update tracker",
      { ...details, code: "database_newer" },
    );
    return { version: 0, isOurs: true, finding };
  }
  if (version < newest) {
    const finding = doubtful(
      "schema",
      `the schema is of an older version (${version} of ${newest})`,
      "make a backup, then run `tracker host migrate`",
      details,
    );
    return { version, isOurs: true, finding };
  }
  const missing = (await hostTables(platform)).map((table) => table.name)
    .filter((table) => !tables.includes(table));
  if (missing.length > 0) {
    const words = missing.map((table) => `"${table}"`).join(", ");
    const finding = broken(
      "schema",
      `"${name}" is not whole: it has no ${words}`,
      RESTORE,
      { ...details, code: "database_damaged", missing },
    );
    return { version: 0, isOurs: true, finding };
  }
  const finding = sound("schema", `the schema is of this version (${version})`, details);
  return { version, isOurs: true, finding };
}

/** Looks at the server of a PostgreSQL database: version, encoding, whether it can be written, connections, clock. */
export async function examineServer(
  platform: Platform,
  reader: StoreReader,
): Promise<readonly HostFinding[]> {
  const before = platform.clock.now();
  const facts = await serverFacts(reader);
  const difference = Math.round(facts.now - (before + platform.clock.now()) / 2);
  const { version, encoding, isReadOnly, used, most } = facts;
  const found: HostFinding[] = [];
  if (facts.number < OLDEST_SERVER || encoding !== "UTF8") {
    found.push(broken(
      "server",
      `PostgreSQL ${version} with the encoding ${encoding} is not suitable`,
      "use PostgreSQL 13 or newer, and a database in UTF-8",
      { code: "database_unsuitable", version, encoding },
    ));
  } else found.push(sound("server", `PostgreSQL ${version}`, { version, encoding }));
  if (isReadOnly) {
    found.push(broken(
      "read only",
      "the database can only be read",
      "name the primary server, or end the read-only mode",
      { code: "database_read_only" },
    ));
  }
  if (used > most * 0.9) {
    found.push(doubtful(
      "server connections",
      `${used} of ${most} connections of the server are taken`,
      "raise `max_connections` of PostgreSQL, or end programs that use it",
      { used, most },
    ));
  }
  const details = { difference_ms: difference };
  const apart = Math.abs(difference);
  found.push(
    apart > CLOCKS_MS
      ? doubtful(
        "clock",
        `the clock of the database is ${age(apart)} ${
          difference > 0 ? "ahead of" : "behind"
        } this machine's`,
        "let both machines take the time from a time server (NTP)",
        details,
      )
      : sound("clock", "the clocks of this machine and the database agree", details),
  );
  return found;
}

/** Looks whether the user of a PostgreSQL database may change what is stored. */
export async function examineRights(
  platform: Platform,
  reader: StoreReader,
): Promise<readonly HostFinding[]> {
  const tables = (await hostTables(platform)).map((table) => table.name);
  const missing = await missingRights(reader, [...tables, "limits"]);
  if (missing.length === 0) {
    return [sound("rights", "the user of the database may change what is stored")];
  }
  const more = missing.length > 3 ? ` and ${missing.length - 3} more` : "";
  return [broken(
    "rights",
    `the user of the database lacks rights: ${missing.slice(0, 3).join(", ")}${more}`,
    "let the user own the tables (`ALTER TABLE … OWNER TO`), or grant the rights",
    { code: "database_unsuitable", missing },
  )];
}
