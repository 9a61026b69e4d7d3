import { integer, integerOrNull, text, textOrNull } from "./row.ts";
import type { StoreReader } from "./reading.ts";
import { webhookSecretId } from "./connections.ts";
import { SET_BACK } from "./jobs.ts";
import { storedKeyCheck } from "./reading_facts.ts";

/** The work that a host has before it. Ages are in milliseconds. */
export interface WaitingWork {
  readonly open: number;
  /** How long the oldest open job has been due; `null` when none is. */
  readonly dueForMs: number | null;
  /** Open jobs whose process has not been heard of since its lease ended. */
  readonly expired: number;
  readonly failed: number;
  /** Jobs that have failed and are tried again after a long pause. */
  readonly setBack: number;
  readonly waiting: number;
  /** How long the oldest item has waited for its delivery; `null` when none does. */
  readonly waitingForMs: number | null;
  readonly undelivered: number;
}

/** Operations that have not ended, and that nothing will end. */
export interface Abandoned {
  readonly count: number;
  /** The id of one of them. */
  readonly example: string;
}

/** Returns the operations that were stored up to a time and have no job and no item in the outbox. */
export async function abandonedOperations(reader: StoreReader, before: number): Promise<Abandoned> {
  const [row = {}] = await reader.all(
    `SELECT COUNT(*) AS count, COALESCE(MIN(id), '') AS example FROM operations o
     WHERE o.state IN ('pending', 'running') AND o.created_at <= ?
       AND NOT EXISTS (SELECT 1 FROM jobs j
         WHERE j.kind = 'operation' AND j.key = o.id AND j.state = 'open')
       AND NOT EXISTS (SELECT 1 FROM outbox b WHERE b.operation_id = o.id)`,
    before,
  );
  return { count: integer(row, "count"), example: text(row, "example") };
}

/** Returns the work that waits or has failed, at a time by the clock of the database. */
export async function waitingWork(reader: StoreReader, now: number): Promise<WaitingWork> {
  const [jobs = {}] = await reader.all(
    `SELECT COUNT(CASE WHEN state = 'open' THEN 1 END) AS open,
       MIN(CASE WHEN state = 'open' AND lease_owner IS NULL THEN run_at END) AS due,
       COUNT(CASE WHEN state = 'open' AND lease_until < ? THEN 1 END) AS expired,
       COUNT(CASE WHEN state = 'failed' THEN 1 END) AS failed,
       COUNT(CASE WHEN ${SET_BACK} THEN 1 END) AS set_back FROM jobs`,
    now,
  );
  const [outbox = {}] = await reader.all(
    `SELECT COUNT(CASE WHEN state = 'waiting' THEN 1 END) AS waiting,
       MIN(CASE WHEN state = 'waiting' THEN created_at END) AS oldest,
       COUNT(CASE WHEN state = 'failed' THEN 1 END) AS failed FROM outbox`,
  );
  const age = (at: number | null) => at === null || at > now ? null : now - at;
  return {
    open: integer(jobs, "open"),
    dueForMs: age(integerOrNull(jobs, "due")),
    expired: integer(jobs, "expired"),
    failed: integer(jobs, "failed"),
    setBack: integer(jobs, "set_back"),
    waiting: integer(outbox, "waiting"),
    waitingForMs: age(integerOrNull(outbox, "oldest")),
    undelivered: integer(outbox, "failed"),
  };
}

/** A connection that does not do its work. */
export interface TroubledConnection {
  readonly id: string;
  readonly name: string;
  readonly state: string;
  readonly detail: string | null;
  readonly isPaused: boolean;
}

/** Returns how many connections there are, and those that are paused or in trouble. */
export async function troubledConnections(
  reader: StoreReader,
): Promise<{ readonly all: number; readonly troubled: readonly TroubledConnection[] }> {
  const rows = await reader.all(
    "SELECT id, name, state, state_detail, paused_at FROM connections ORDER BY name, id",
  );
  const troubled = rows.map((row) => ({
    id: text(row, "id"),
    name: text(row, "name"),
    state: text(row, "state"),
    detail: textOrNull(row, "state_detail"),
    isPaused: integerOrNull(row, "paused_at") !== null,
  })).filter(({ state, isPaused }) => state !== "ok" || isPaused);
  return { all: rows.length, troubled };
}

/** A place that its provider did not let the host read last. */
export interface UnreadablePlace {
  readonly id: string;
  readonly label: string;
  readonly connection: string;
  readonly error: string;
}

/** Returns the connected places that cannot be read, by label: `limit` at most. */
export async function unreadablePlaces(
  reader: StoreReader,
  limit: number,
): Promise<readonly UnreadablePlace[]> {
  const rows = await reader.all(
    `SELECT r.id, r.label, r.sync_error, c.name FROM resources r
     JOIN connections c ON c.id = r.connection_id
     WHERE r.sync_error IS NOT NULL AND c.paused_at IS NULL ORDER BY r.label, r.id LIMIT ?`,
    limit,
  );
  return rows.map((row) => ({
    id: text(row, "id"),
    label: text(row, "label"),
    connection: text(row, "name"),
    error: text(row, "sync_error"),
  }));
}

/** What is encrypted, and what tells the key that it is encrypted under; `null` before the first one. */
export interface Sealed {
  readonly keyCheck: string | null;
  readonly credentials: readonly { readonly id: string; readonly secret: string }[];
}

/** Returns all that is encrypted, as it is stored. */
export async function sealed(reader: StoreReader): Promise<Sealed> {
  // A database of an older version has no column for the secrets of webhooks.
  const rows = await reader.all("SELECT * FROM connections ORDER BY id");
  return {
    keyCheck: await storedKeyCheck(reader),
    credentials: rows.flatMap((row) => {
      const id = text(row, "id");
      const secret = row["webhook_secret"] ?? null;
      return [
        { id, secret: text(row, "credential") },
        ...(secret === null ? [] : [{ id: webhookSecretId(id), secret: String(secret) }]),
      ];
    }),
  };
}

/** Returns when the last copy of the data was recorded; `null` when none is. */
export async function lastBackup(reader: StoreReader): Promise<number | null> {
  const [row = {}] = await reader.all(
    "SELECT MAX(at) AS at FROM audit WHERE team_id IS NULL AND action = 'backup'",
  );
  return integerOrNull(row, "at");
}
