import { integer, text } from "./row.ts";
import type { HostStore, SqlValue, Transaction } from "./store.ts";

/** Milliseconds that a job belongs to who took it, unless the lease is renewed. */
export const LEASE_MS = 15_000;

/** Milliseconds that a job is put off at most: one that is due later was stored by a clock that was set back. */
const LONGEST_MS = 24 * 60 * 60 * 1000;

/** A job that a process works on. */
export interface LeasedJob {
  readonly id: string;
  readonly kind: string;
  /** What it works on. */
  readonly key: string;
  /** How many attempts at it were in vain since it last got on. */
  readonly tried: number;
  /** Names this one taking of it. */
  readonly lease: string;
  /** Whose share of the work it counts to: its connection, where it has one. */
  readonly share: string;
}

/** Jobs of one kind that count to one share. */
export interface Share {
  readonly kind: string;
  readonly share: string;
}

/** What a job of `table` counts to: jobs about a resource to the connection that brings it. */
function shareIn(table: string): string {
  return `COALESCE((SELECT r.connection_id FROM resources r WHERE r.id = ${table}.key), ${table}.key)`;
}

/** A piece of SQL and its values. */
export interface Sql {
  readonly sql: string;
  readonly values: readonly SqlValue[];
}

/**
 * Returns the clock that leases are measured by: the database's own where processes of several machines share it, else
 * `now`, in milliseconds since 1970.
 */
export function clockOf({ dialect }: HostStore, now: number): Sql {
  return dialect === "postgres"
    ? { sql: "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)", values: [] }
    : { sql: "?", values: [now] };
}

/** Skips what another process is about to take; SQLite has one writer at a time. */
function skippingLocked({ dialect }: HostStore): string {
  return dialect === "postgres" ? "FOR UPDATE SKIP LOCKED" : "";
}

/**
 * Adds a job that is due in `afterMs`, a day at most. One of its kind and key that is open already is due by then, too; when a process
 * works on it, it is done once more.
 */
export async function insertJob(
  tx: Transaction,
  job: {
    readonly id: string;
    readonly kind: string;
    readonly key: string;
    /** Whose work it is; `null` for what concerns the whole host. */
    readonly teamId: string | null;
    readonly afterMs: number;
    /** Milliseconds since 1970. */
    readonly now: number;
  },
): Promise<void> {
  const clock = clockOf(tx, job.now);
  await tx.run(
    `INSERT INTO jobs (id, kind, key, team_id, state, run_at, attempt, created_at)
     VALUES (?, ?, ?, ?, 'open', ${clock.sql} + ?, 0, ${clock.sql})
     ON CONFLICT (kind, key) WHERE state = 'open' DO UPDATE SET
       again = CASE WHEN jobs.lease_owner IS NULL THEN 0 ELSE 1 END,
       run_at = CASE WHEN excluded.run_at < jobs.run_at THEN excluded.run_at ELSE jobs.run_at END`,
    job.id,
    job.kind,
    job.key,
    job.teamId,
    ...clock.values,
    Math.min(job.afterMs, LONGEST_MS),
    ...clock.values,
  );
}

/** Returns whether a process works on a job of a kind and key. */
export async function isWorkedOn(
  tx: Transaction,
  { kind, key }: { readonly kind: string; readonly key: string },
  now: number,
): Promise<boolean> {
  const clock = clockOf(tx, now);
  const row = await tx.one(
    `SELECT 1 FROM jobs WHERE kind = ? AND key = ? AND state = 'open' AND lease_until > ${clock.sql}`,
    kind,
    key,
    ...clock.values,
  );
  return row !== null;
}

/** Which job a process can take. */
export interface WantedJob {
  readonly kinds: readonly string[];
  /** Whether it may be one that was tried in vain, or whose process has died. */
  readonly mayBeTried: boolean;
  /** Shares of which none is taken; none unless given. */
  readonly full?: readonly Share[];
  /** Shares of which none is taken where other shares have jobs of the kind, be they due or not; none unless given. */
  readonly yielding?: readonly Share[];
  readonly lease: string;
  readonly now: number;
}

/**
 * Takes the job that has been due for longest, or returns `null`. A lease that lasts longer than any, and a job that is
 * put off for longer than any, are from before the clock was set back: the lease is over, the job is due.
 *
 * A job that is taken from a dead process counts as tried once, whatever that process has worked on. How often it is
 * tried from then on is counted by {@link countAttempts}, so that only work on it counts.
 */
export async function takeJob(store: HostStore, wanted: WantedJob): Promise<LeasedJob | null> {
  const { kinds, lease, now, full = [], yielding = [] } = wanted;
  if (kinds.length === 0) return null;
  const ofShare = `kind = ? AND ${shareIn("jobs")} = ?`;
  const others = `EXISTS (SELECT 1 FROM jobs o WHERE o.state = 'open' AND o.kind = ?
    AND ${shareIn("o")} <> ?)`;
  const shares = [
    ...full.map(() => `AND NOT (${ofShare})`),
    ...yielding.map(() => `AND NOT (${ofShare} AND ${others})`),
  ].join(" ");
  const clock = clockOf(store, now);
  const untried = wanted.mayBeTried ? "" : "AND attempt = 0 AND lease_owner IS NULL";
  return await store.transaction(async (tx) => {
    const row = await tx.one(
      `UPDATE jobs SET lease_owner = ?, lease_until = ${clock.sql} + ${LEASE_MS},
         attempt = CASE WHEN lease_owner IS NOT NULL AND attempt = 0 THEN 1 ELSE attempt END,
         again = 0
       WHERE id = (
         SELECT id FROM jobs WHERE state = 'open'
           AND (run_at <= ${clock.sql} OR run_at > ${clock.sql} + ${LONGEST_MS})
           AND kind IN (${kinds.map(() => "?").join(", ")})
           AND (lease_until IS NULL OR lease_until <= ${clock.sql}
             OR lease_until > ${clock.sql} + ${LEASE_MS}) ${untried} ${shares}
         ORDER BY run_at, id LIMIT 1 ${skippingLocked(tx)})
       RETURNING id, kind, key, attempt, ${shareIn("jobs")} AS share`,
      lease,
      ...clock.values,
      ...clock.values,
      ...clock.values,
      ...kinds,
      ...clock.values,
      ...clock.values,
      ...full.flatMap(({ kind, share }) => [kind, share]),
      ...yielding.flatMap(({ kind, share }) => [kind, share, kind, share]),
    );
    return row === null ? null : {
      id: text(row, "id"),
      kind: text(row, "kind"),
      key: text(row, "key"),
      tried: integer(row, "attempt"),
      lease,
      share: text(row, "share"),
    };
  });
}

/** Returns the milliseconds until a job that nobody works on is due; `null` when there is none. */
export async function nextDueMs(store: HostStore, now: number): Promise<number | null> {
  const clock = clockOf(store, now);
  const row = await store.one(
    `SELECT run_at - ${clock.sql} AS due FROM jobs WHERE state = 'open' AND lease_owner IS NULL
     ORDER BY run_at LIMIT 1`,
    ...clock.values,
  );
  return row === null ? null : integer(row, "due");
}

const IS_OURS = "id = ? AND lease_owner = ? AND state = 'open'";

/** Renews a lease; false when it was lost. */
export async function renewJob(store: HostStore, job: LeasedJob, now: number): Promise<boolean> {
  const clock = clockOf(store, now);
  return await store.run(
    `UPDATE jobs SET lease_until = ${clock.sql} + ${LEASE_MS} WHERE ${IS_OURS}`,
    ...clock.values,
    job.id,
    job.lease,
  ) === 1;
}

/** Stores how many attempts count, the one under way included or not; false when the lease was lost. */
export async function countAttempts(
  store: HostStore,
  job: LeasedJob,
  count: number,
): Promise<boolean> {
  return await store.run(
    `UPDATE jobs SET attempt = ? WHERE ${IS_OURS}`,
    count,
    job.id,
    job.lease,
  ) === 1;
}

/**
 * Holds a job until the transaction ends, and renews its lease; false when it was lost. After progress the job may be
 * tried as often as at first.
 */
export async function holdJob(
  tx: Transaction,
  job: LeasedJob,
  { now, isProgress }: { readonly now: number; readonly isProgress: boolean },
): Promise<boolean> {
  const clock = clockOf(tx, now);
  const attempt = isProgress ? "attempt = 0, " : "";
  return await tx.run(
    `UPDATE jobs SET ${attempt}lease_until = ${clock.sql} + ${LEASE_MS} WHERE ${IS_OURS}`,
    ...clock.values,
    job.id,
    job.lease,
  ) === 1;
}

/** Ends a job that is done, unless it was asked for once more meanwhile. */
export async function finishJob(tx: Transaction, job: LeasedJob, now: number): Promise<void> {
  const clock = clockOf(tx, now);
  await tx.run(
    `UPDATE jobs SET state = CASE WHEN again = 1 THEN 'open' ELSE 'done' END,
       ended_at = CASE WHEN again = 1 THEN NULL ELSE ${clock.sql} END,
       attempt = 0, again = 0, error = NULL, lease_owner = NULL, lease_until = NULL
     WHERE ${IS_OURS}`,
    ...clock.values,
    job.id,
    job.lease,
  );
}

/** Selects the jobs that failed as often as they may, and are put off for long. */
export const SET_BACK =
  "state = 'open' AND attempt = 0 AND error IS NOT NULL AND lease_owner IS NULL";

/**
 * Lets a job be taken again in `afterMs`, a day at most, or at once when it was asked for meanwhile; false when the lease
 * was lost. `tried` is how often it was tried in vain, `error` why it is tried again.
 */
export async function releaseJob(
  tx: Transaction,
  job: LeasedJob,
  again: {
    readonly now: number;
    readonly afterMs: number;
    readonly tried: number;
    readonly error: string | null;
  },
): Promise<boolean> {
  const clock = clockOf(tx, again.now);
  return await tx.run(
    `UPDATE jobs SET run_at = ${clock.sql} + CASE WHEN again = 1 THEN 0 ELSE ? END, attempt = ?,
       again = 0, error = ?, lease_owner = NULL, lease_until = NULL WHERE ${IS_OURS}`,
    ...clock.values,
    Math.min(again.afterMs, LONGEST_MS),
    again.tried,
    again.error,
    job.id,
    job.lease,
  ) === 1;
}

/** Gives a job back, due at once; `tried` is how many attempts at it were in vain. */
export async function returnJob(store: HostStore, job: LeasedJob, tried: number): Promise<void> {
  await store.run(
    `UPDATE jobs SET attempt = ?, again = 0, lease_owner = NULL, lease_until = NULL
     WHERE ${IS_OURS}`,
    tried,
    job.id,
    job.lease,
  );
}

/** Ends a job that has failed, with its reason; false when the lease was lost. */
export async function failJob(
  tx: Transaction,
  job: LeasedJob,
  { now, error }: { readonly now: number; readonly error: string },
): Promise<boolean> {
  const clock = clockOf(tx, now);
  return await tx.run(
    `UPDATE jobs SET state = 'failed', ended_at = ${clock.sql}, error = ?, again = 0,
       lease_owner = NULL, lease_until = NULL WHERE ${IS_OURS}`,
    ...clock.values,
    error,
    job.id,
    job.lease,
  ) === 1;
}

/** Deletes jobs that ended up to a time: those that were done, and those that failed. */
export async function forgetJobs(
  tx: Transaction,
  { done, failed }: { readonly done: number; readonly failed: number },
): Promise<void> {
  await tx.run("DELETE FROM jobs WHERE state = 'done' AND ended_at <= ?", done);
  await tx.run("DELETE FROM jobs WHERE state = 'failed' AND ended_at <= ?", failed);
}
