import type { Platform } from "../../platform/platform.ts";
import { type HostLocation, missingData, readData, shownLocation } from "../context/location.ts";
import type { StoreReader } from "../store/reading.ts";
import { examineRights, examineServer, schemaOf } from "./check_database.ts";
import { examineKey, type KeyPlace } from "./check_key.ts";
import { examineDescriptors, examineDisk, examineFiles } from "./check_machine.ts";
import {
  examineBackup,
  examineConnectedPlaces,
  examineConnections,
  examineCounters,
  examineIntegrity,
  examineOperations,
  examineWork,
} from "./check_store.ts";
import { type Explain, Findings, type HostFinding, sound } from "./finding.ts";

/** How to look at a host. */
export interface CheckOptions {
  readonly keyFile: string | undefined;
  readonly explain: Explain;
}

/** The first version with jobs and an outbox. */
const WITH_JOBS = 7;
/** The first version with connections and a key. */
const WITH_CONNECTIONS = 8;
/** The first version that reads what is connected. */
const WITH_SYNC = 13;
/** The first version with an audit log. */
const WITH_AUDIT = 9;

/**
 * Looks at everything that a host needs, and changes nothing: no migration runs, and no statement can write. Each fault
 * is told of once. What cannot be looked at because of it is left out, all else is looked at.
 */
export async function checkHost(
  platform: Platform,
  location: HostLocation,
  { keyFile, explain }: CheckOptions,
): Promise<readonly HostFinding[]> {
  const findings = new Findings(explain);
  const key = { location, keyFile };
  const reader = await findings.value("database", () => opened(platform, location));
  if (reader === null) await findings.attempt("key", () => examineKey(platform, null, key));
  else {
    try {
      await examineDatabase(platform, findings, reader, key);
    } finally {
      await reader.close();
    }
  }
  await findings.attempt("files", () => examineFiles(platform, location));
  await findings.attempt("disk", () => examineDisk(platform, location));
  await findings.attempt("descriptors", () => Promise.resolve(examineDescriptors(platform)));
  return findings.all;
}

async function examineDatabase(
  platform: Platform,
  findings: Findings,
  reader: StoreReader,
  key: KeyPlace,
): Promise<void> {
  const name = shownLocation(key.location);
  const isServer = reader.dialect === "postgres";
  findings.tell(sound("database", `"${name}" can be read`, { dialect: reader.dialect }));
  if (isServer) await findings.attempt("server", () => examineServer(platform, reader));
  const schema = await findings.value("schema", () => schemaOf(platform, reader, name));
  if (schema !== null) findings.tell(schema.finding);
  const { version, isOurs } = schema ?? { version: 0, isOurs: false };
  if (isOurs) {
    if (isServer) await findings.attempt("rights", () => examineRights(platform, reader));
    else await findings.attempt("integrity", () => examineIntegrity(reader));
  }
  if (version > 0) {
    await findings.attempt("counters", () => examineCounters(reader, version));
  }
  if (version >= WITH_JOBS) {
    await findings.attempt("jobs", () => examineWork(platform, reader));
    await findings.attempt("operations", () => examineOperations(platform, reader));
  }
  if (version >= WITH_CONNECTIONS) {
    await findings.attempt("connections", () => examineConnections(reader));
  }
  if (version >= WITH_SYNC) {
    await findings.attempt("places", () => examineConnectedPlaces(reader));
  }
  if (version >= WITH_AUDIT) {
    await findings.attempt("backup", () => examineBackup(platform, reader));
  }
  const encrypted = version >= WITH_CONNECTIONS ? reader : null;
  await findings.attempt("key", () => examineKey(platform, encrypted, key));
}

/** Opens the database to look at it. */
async function opened(platform: Platform, location: HostLocation): Promise<StoreReader> {
  const reader = await readData(platform, location);
  if (reader === null) throw missingData(shownLocation(location));
  return reader;
}
