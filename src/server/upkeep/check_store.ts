import type { Platform } from "../../platform/platform.ts";
import { countRows, serverFacts } from "../store/reading_facts.ts";
import type { StoreReader } from "../store/reading.ts";
import { contradictions, danglingRows, fileFaults } from "../store/soundness.ts";
import {
  abandonedOperations,
  lastBackup,
  troubledConnections,
  unreadablePlaces,
  waitingWork,
} from "../store/waiting_work.ts";
import { age, broken, doubtful, type HostFinding, many, note, RESTORE, sound } from "./finding.ts";

/** Work that has been due for longer than this is done by nobody. */
const LATE_MS = 10 * 60_000;
/** A backup that is older than this is no longer taken regularly. */
const OLD_BACKUP_MS = 7 * 24 * 3_600_000;
/** What a host repairs at its start. */
const REPAIRED: readonly string[] = ["change_of_issues", "issue_counts"];
const START = "check that `tracker host serve` runs, and what it writes on standard error";

/** Looks whether the file of an SQLite database is whole. */
export async function examineIntegrity(reader: StoreReader): Promise<readonly HostFinding[]> {
  const faults = await fileFaults(reader);
  if (faults.length > 0) {
    return [broken("integrity", `the database is damaged: ${faults[0]}`, RESTORE, {
      code: "database_damaged",
      faults,
    })];
  }
  const dangling = await danglingRows(reader);
  if (dangling.size > 0) {
    const words = [...dangling].map(([table, count]) => `${count} in "${table}"`).join(", ");
    return [broken(
      "integrity",
      `rows refer to others that are not there: ${words}`,
      RESTORE,
      { tables: Object.fromEntries(dangling) },
    )];
  }
  return [sound("integrity", "the file is whole")];
}

/** Looks whether the rows of a database agree with each other. */
export async function examineCounters(
  reader: StoreReader,
  version: number,
): Promise<readonly HostFinding[]> {
  const found = await contradictions(reader, version);
  if (found.length === 0) {
    const { teams, users, resources, issues } = await countRows(reader);
    return [sound(
      "counters",
      `what is stored agrees (${many(teams, "team")}, ${many(users, "user")}, ${
        many(resources, "resource")
      }, ${many(issues, "issue")})`,
      { teams, users, resources, issues },
    )];
  }
  return found.map(({ name, words, count, example }) =>
    broken(
      "counters",
      `${count} × ${words}, such as "${example}"`,
      REPAIRED.includes(name)
        ? "restart the host, which counts again; if it stays, report it with this output"
        : "report it with this output, and keep a backup",
      { name, count, example },
    )
  );
}

/** Looks at the jobs and deliveries that wait or have failed. */
export async function examineWork(
  platform: Platform,
  reader: StoreReader,
): Promise<readonly HostFinding[]> {
  const now = await timeOf(platform, reader);
  const work = await waitingWork(reader, now);
  const { open, dueForMs, expired, failed, setBack, waiting, waitingForMs, undelivered } = work;
  const jobs = { open, due_for_ms: dueForMs, expired };
  const outbox = { waiting, waiting_for_ms: waitingForMs };
  const found: HostFinding[] = [
    dueForMs !== null && dueForMs > LATE_MS
      ? doubtful("jobs", `${many(open, "open job")}, one due for ${age(dueForMs)}`, START, jobs)
      : sound("jobs", open === 0 ? "no job is open" : many(open, "open job"), jobs),
    waitingForMs !== null && waitingForMs > LATE_MS
      ? doubtful(
        "outbox",
        `${many(waiting, "change")} to deliver, one for ${age(waitingForMs)}`,
        "look at the connection with `tracker host connection list`",
        outbox,
      )
      : sound(
        "outbox",
        waiting === 0
          ? "no change waits for its delivery"
          : `${many(waiting, "change")} to deliver`,
        outbox,
      ),
  ];
  if (expired > 0) {
    found.push(doubtful("leases", `${many(expired, "job")} of a process that is gone`, START, {
      expired,
    }));
  }
  const retry = "look at why under Activity in the host's console, and try again there";
  if (failed > 0) {
    found.push(doubtful("failed jobs", many(failed, "failed job"), retry, { failed }));
  }
  if (setBack > 0) {
    const words = `${many(setBack, "job")} that failed and will be tried again within an hour`;
    found.push(doubtful("jobs put off", words, retry, { put_off: setBack }));
  }
  if (undelivered > 0) {
    const words = `${many(undelivered, "change")} that could not be delivered`;
    found.push(doubtful("failed deliveries", words, retry, { failed: undelivered }));
  }
  return found;
}

/** Looks for operations that have not ended, and that nothing will end. */
export async function examineOperations(
  platform: Platform,
  reader: StoreReader,
): Promise<readonly HostFinding[]> {
  const before = await timeOf(platform, reader) - LATE_MS;
  const { count, example } = await abandonedOperations(reader, before);
  if (count === 0) return [sound("operations", "every open operation is worked on")];
  return [doubtful(
    "operations",
    `${many(count, "open operation")} without a job, such as "${example}"`,
    "start `tracker host serve`, which takes them up",
    { count, example },
  )];
}

/** Looks how long ago `tracker host backup` copied the data; of other backups nothing is known. */
export async function examineBackup(
  platform: Platform,
  reader: StoreReader,
): Promise<readonly HostFinding[]> {
  const at = await lastBackup(reader);
  if (at === null) {
    return [note("backup", "no copy by `tracker host backup` is recorded", { age_ms: null })];
  }
  const ageMs = Math.max(0, await timeOf(platform, reader) - at);
  const words = `the last copy by \`tracker host backup\` is ${age(ageMs)} old`;
  const details = { age_ms: ageMs };
  return [
    ageMs > OLD_BACKUP_MS
      ? doubtful("backup", words, "run `tracker host backup FILE`, daily by a timer", details)
      : sound("backup", words, details),
  ];
}

/** Returns the time that is stored beside work: of the machine, or of the server that several machines share. */
async function timeOf(platform: Platform, reader: StoreReader): Promise<number> {
  return reader.dialect === "sqlite" ? platform.clock.now() : (await serverFacts(reader)).now;
}

/** Looks at the connections to providers. */
export async function examineConnections(reader: StoreReader): Promise<readonly HostFinding[]> {
  const { all, troubled } = await troubledConnections(reader);
  if (troubled.length === 0) {
    const words = all === 0
      ? "no provider is connected"
      : all === 1
      ? "the connection works"
      : `${all} connections work`;
    return [sound("connections", words, { connections: all })];
  }
  return troubled.map(({ id, name, state, detail, isPaused }) => {
    const details = { id, name, state, detail, paused: isPaused };
    if (state !== "refused" && isPaused) {
      return note("connections", `the connection "${name}" is paused`, details);
    }
    const words = `the connection "${name}" is ${state}${detail === null ? "" : `: ${detail}`}`;
    const next = `look at it with \`tracker host connection show ${id}\``;
    return state === "refused"
      ? broken("connections", words, next, details)
      : doubtful("connections", words, next, details);
  });
}

/** Places that are told of one by one. */
const TOLD_PLACES = 20;

/** Looks at the places that a connection brings, and cannot read. */
export async function examineConnectedPlaces(
  reader: StoreReader,
): Promise<readonly HostFinding[]> {
  const unreadable = await unreadablePlaces(reader, TOLD_PLACES);
  return unreadable.map(({ id, label, connection, error }) =>
    doubtful(
      "places",
      `"${label}" cannot be read by the connection "${connection}": ${error}`,
      "correct its access at the provider, or the credential; then run `tracker host sync`",
      { id, label, connection, reason: error },
    )
  );
}
