import type { Platform } from "../../platform/platform.ts";
import { postgresError } from "./postgres_faults.ts";
import { readSchema } from "./reading_facts.ts";
import { readSqlite } from "./sqlite_reading.ts";

/** A table that every version of a host has had. */
const OURS = "installations";

/**
 * Looks whether the database in a file is a host's, or empty. Changes nothing.
 *
 * @throws {TrackerError} `database_foreign` when it holds tables of another program alone.
 */
export async function refuseForeign(platform: Platform, path: string): Promise<void> {
  const size = (await platform.files.stat(path))?.size ?? 0;
  if (size === 0) return;
  const reader = await readSqlite(platform, path);
  try {
    const { tables } = await readSchema(reader);
    const [first] = tables;
    if (first === undefined || tables.includes(OURS)) return;
    throw postgresError("database_foreign", path, `it holds the table "${first}"`);
  } finally {
    await reader.close();
  }
}
