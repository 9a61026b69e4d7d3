import assert from "node:assert/strict";
import { explain } from "../../src/cli/services/failure.ts";
import type { Platform } from "../../src/platform/platform.ts";
import { systemPlatform } from "../../src/platform/system.ts";
import { databaseIn, type HostLocation } from "../../src/server/context/location.ts";
import { checkHost } from "../../src/server/upkeep/check.ts";
import { broken, type HostFinding } from "../../src/server/upkeep/finding.ts";
import { connect } from "../support/postgres.ts";
import { locationFor, openedHostData } from "../support/host_data.ts";

/** The data of a host, in the store that the tests are run on, with what a fault can be planted in. */
export interface CheckedHost {
  readonly platform: Platform;
  readonly directory: string;
  readonly location: HostLocation;
  /** Runs statements without regard to what refers to what. */
  plant(...statements: readonly string[]): Promise<void>;
  /** All that a check finds; a key file may be named, and the machine changed. */
  findings(changes?: CheckChanges): Promise<readonly HostFinding[]>;
  /** The one finding that is an alarm. */
  alarm(changes?: CheckChanges): Promise<HostFinding>;
}

/** How a check differs from the usual one. */
export interface CheckChanges {
  readonly platform?: Platform;
  readonly keyFile?: string;
  readonly location?: HostLocation;
}

/** Runs a test on the data of a host with a team, a resource, an issue and a binding. */
export async function withCheckedHost(test: (host: CheckedHost) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "tracker-check-" });
  try {
    const platform = systemPlatform();
    const context = await openedHostData(platform, directory);
    await context.store.close();
    const location = await locationFor(directory);
    const plant = (...statements: readonly string[]) => planted(platform, location, statements);
    await plant(...SEED);
    const findings = ({ keyFile, ...changes }: CheckChanges = {}) =>
      checkHost(changes.platform ?? platform, changes.location ?? location, {
        keyFile,
        explain: explained,
      });
    await test({
      platform,
      directory,
      location,
      plant,
      findings,
      async alarm(changes) {
        const alarms = (await findings(changes)).filter(isAlarm);
        const [found, ...others] = alarms;
        assert.ok(found !== undefined && others.length === 0, JSON.stringify(alarms, null, 2));
        return found;
      },
    });
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** Writes a key file with a name of its own; answers its path. */
export async function keyFileOf(directory: string, text: string): Promise<string> {
  const path = `${directory}/${crypto.randomUUID()}.key`;
  await Deno.writeTextFile(path, text, { mode: 0o600 });
  return path;
}

/** The bytes of a key, all the same. */
export function bytesOf(value: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(32).fill(value);
}

/** Whether a finding is something to see to. */
export function isAlarm({ status }: HostFinding): boolean {
  return status === "failed" || status === "warning";
}

/** Runs a check on any location. */
export function check(location: HostLocation, platform = systemPlatform()) {
  return checkHost(platform, location, { keyFile: undefined, explain: explained });
}

function explained(check: string, error: unknown): HostFinding {
  const platform = systemPlatform();
  const { code, message, nextAction } = explain(error, { platform, command: null });
  return broken(check, message, nextAction ?? "", { code });
}

async function planted(
  platform: Platform,
  location: HostLocation,
  statements: readonly string[],
): Promise<void> {
  if ("dataDir" in location) {
    const database = await platform.openDatabase(databaseIn(location.dataDir));
    database.exec("PRAGMA foreign_keys = OFF");
    for (const statement of statements) database.exec(statement);
    database.close();
    return;
  }
  const client = await connect(location.databaseUrl);
  try {
    await client.query("SET session_replication_role = replica");
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}

const SEED = [
  "INSERT INTO teams VALUES ('t1', 'red', 'Red')",
  "INSERT INTO users VALUES ('u1', 'ada', 'ada@x.example', 'Ada', 'none', 1, NULL)",
  "INSERT INTO members VALUES ('t1', 'u1', 'admin')",
  "INSERT INTO installations VALUES ('i1', 't1', 'github', 'acme')",
  `INSERT INTO resources (id, installation_id, resource_type, external_id, workspace, key, name, label, url, context, workflow, next_number, last_change, connection_id, sync_cursor) VALUES ('r1', 'i1', 'repository', 'x', 'w', 'k', 'n', 'l', 'u', '{}', 'open', 5, 9, NULL,
     NULL)`,
  `INSERT INTO issues VALUES (1, 'r1', 'e1', 'k', 'open', 'task', 1, 9, 1, 0, '{}', '', 1, NULL)`,
  "INSERT INTO issue_counts VALUES ('r1', 'open', 1)",
  `INSERT INTO mappings VALUES ('m1', 'i1', 'r1', 'p', 'p', NULL, 'active', 1, NULL, 9)`,
];
