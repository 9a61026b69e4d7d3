import pg from "pg";
import type { Platform } from "../../platform/platform.ts";
import { numbered } from "./dialect.ts";
import { type PostgresAddress, shownAddress } from "./postgres_address.ts";
import { driverConfig } from "./postgres_driver.ts";
import { namingPostgres, ofDriver } from "./postgres_faults.ts";
import { ignoreBreak } from "./postgres_transaction.ts";
import type { StoreReader } from "./reading.ts";
import type { Row } from "./row.ts";

/** Milliseconds that one look at a large database may take. */
const WITHIN_MS = 600_000;

/**
 * Opens a PostgreSQL database to look at it; it may be of any version, and on a server that can only be read.
 *
 * @throws {TrackerError} `database_unreachable`, `database_refused`, `database_missing` and the like.
 */
export async function readPostgres(
  platform: Platform,
  address: PostgresAddress,
  passwordFile: string | undefined,
): Promise<StoreReader> {
  const name = shownAddress(address);
  const client = new pg.Client({
    ...await driverConfig(platform, address, passwordFile),
    statement_timeout: WITHIN_MS,
    query_timeout: WITHIN_MS + 10_000,
  });
  client.on("error", ignoreBreak);
  const named = async <T>(answer: Promise<T>): Promise<T> => {
    try {
      return await ofDriver(answer);
    } catch (error) {
      throw namingPostgres(name, error);
    }
  };
  try {
    await named(
      client.connect().then(() =>
        client.query("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY")
      ),
    );
  } catch (error) {
    await client.end();
    throw error;
  }
  return {
    dialect: "postgres",
    all: async (sql, ...values) => (await named(client.query<Row>(numbered(sql), values))).rows,
    close: () => client.end(),
  };
}
