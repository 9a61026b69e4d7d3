import { join } from "../../platform/paths.ts";
import type { Platform } from "../../platform/platform.ts";
import { TrackerError } from "../../platform/tracker_error.ts";
import { parsePostgresUrl, shownAddress } from "../store/postgres_address.ts";
import type { StoreReader } from "../store/reading.ts";
import { openSqliteStore } from "../store/sqlite.ts";
import { readSqlite, sqliteVersion } from "../store/sqlite_reading.ts";
import type { HostStore } from "../store/store.ts";

/** Where the data of a host is. */
export type HostLocation =
  | {
    /** A directory with an SQLite database. */
    readonly dataDir: string;
  }
  | {
    /** `postgres://USER@HOST:PORT/DATABASE`; it may hold the password. */
    readonly databaseUrl: string;
    /** A file with the password in its first line, for a URL without one. */
    readonly passwordFile?: string | undefined;
    /** Connections of this process at most; 10 unless given. */
    readonly connections?: number | undefined;
  };

/** Returns a location for people: a URL comes without its password. */
export function shownLocation(location: HostLocation): string {
  return "dataDir" in location
    ? location.dataDir
    : shownAddress(parsePostgresUrl(location.databaseUrl));
}

/** Opens the store at a location; creates it when it is missing, and brings it to the newest schema. */
export async function openStoreAt(
  platform: Platform,
  location: HostLocation,
): Promise<HostStore> {
  if ("dataDir" in location) {
    await makeDataDirectory(platform, location.dataDir);
    return await openSqliteStore(platform, databaseIn(location.dataDir));
  }
  const address = parsePostgresUrl(location.databaseUrl);
  const { openPostgresStore } = await import("../store/postgres.ts");
  return await openPostgresStore(platform, address, location);
}

async function makeDataDirectory({ files }: Platform, directory: string): Promise<void> {
  const found = await files.stat(directory);
  if (found !== null && found.kind !== "directory") {
    throw new TrackerError({
      code: "data_not_directory",
      message: `"${directory}" is not a directory: a host's data is a directory of files`,
      nextAction: "Name a directory with `--data DIR`; it is created when it is missing.",
      details: { path: directory },
    });
  }
  await files.makeDirectory(directory, 0o700);
}

/**
 * Fails where no host has stored anything yet; creates nothing.
 *
 * @throws {TrackerError} `host_data_missing`.
 */
export async function requireData(platform: Platform, location: HostLocation): Promise<void> {
  if (await storedVersion(platform, location) === 0) throw missingData(shownLocation(location));
}

/** Returns how many migrations the data at a location has had, 0 where there is none; changes nothing. */
export async function storedVersion(platform: Platform, location: HostLocation): Promise<number> {
  if ("dataDir" in location) {
    const path = databaseIn(location.dataDir);
    const found = await platform.files.stat(path);
    return found === null || found.size === 0 ? 0 : await sqliteVersion(platform, path);
  }
  const address = parsePostgresUrl(location.databaseUrl);
  const { postgresStoreVersion } = await import("../store/postgres.ts");
  return await postgresStoreVersion(platform, address, location);
}

/**
 * Opens the data at a location to look at it, whatever its version; changes nothing. Returns `null` where no file is.
 *
 * @throws {TrackerError} what keeps it from being opened.
 */
export async function readData(
  platform: Platform,
  location: HostLocation,
): Promise<StoreReader | null> {
  if ("dataDir" in location) {
    const path = databaseIn(location.dataDir);
    return await platform.files.stat(path) === null ? null : await readSqlite(platform, path);
  }
  const address = parsePostgresUrl(location.databaseUrl);
  const { readPostgres } = await import("../store/postgres_reading.ts");
  return await readPostgres(platform, address, location.passwordFile);
}

/** Returns the file of the database in a directory of data. */
export function databaseIn(directory: string): string {
  return join(directory, "host.db");
}

/** Returns the failure of a place where no host has stored anything. */
export function missingData(name: string): TrackerError {
  return new TrackerError({
    code: "host_data_missing",
    message: `No data of a host is in "${name}"`,
    nextAction:
      "Name the place that the host serves, or create it by adding its first user with `tracker host user add`.",
    details: { path: name },
  });
}
