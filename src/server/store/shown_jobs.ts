import { clockOf, SET_BACK } from "./jobs.ts";
import { integer, integerOrNull, type Row, text, textOrNull } from "./row.ts";
import type { HostStore, Transaction } from "./store.ts";

/** How many jobs of a kind are in a state. */
export interface JobCount {
  readonly kind: string;
  readonly state: JobState;
  readonly count: number;
}

/** `waiting` and `running` are open. */
export type JobState = "waiting" | "running" | "done" | "failed";

const STATES: readonly JobState[] = ["waiting", "running", "done", "failed"];

const SHOWN_STATE =
  "CASE WHEN state <> 'open' THEN state WHEN lease_owner IS NULL THEN 'waiting' ELSE 'running' END";

/** Counts the jobs that are kept by kind and state; one that has ended is kept for a while. */
export async function countJobs(store: HostStore): Promise<JobCount[]> {
  const rows = await store.all(
    `SELECT kind, ${SHOWN_STATE} AS shown, COUNT(*) AS count FROM jobs
     GROUP BY kind, ${SHOWN_STATE} ORDER BY kind, shown`,
  );
  return rows.map((row) => ({
    kind: text(row, "kind"),
    state: stateOf(row),
    count: integer(row, "count"),
  }));
}

/** Returns whether a job of these kinds, for one of these keys, is under way or due. */
export async function isAnyJobDue(
  store: HostStore,
  { kinds, keys, now }: {
    readonly kinds: readonly string[];
    readonly keys: readonly string[];
    readonly now: number;
  },
): Promise<boolean> {
  const clock = clockOf(store, now);
  for (const kind of kinds) {
    for (const key of keys) {
      const row = await store.one(
        `SELECT 1 FROM jobs WHERE kind = ? AND key = ? AND state = 'open'
           AND (lease_owner IS NOT NULL OR run_at <= ${clock.sql})`,
        kind,
        key,
        ...clock.values,
      );
      if (row !== null) return true;
    }
  }
  return false;
}

/** Returns for how many milliseconds the oldest open job has been due; `null` when none is. */
export async function oldestDueJobMs(store: HostStore, now: number): Promise<number | null> {
  const clock = clockOf(store, now);
  const row = await store.one(
    `SELECT ${clock.sql} - run_at AS age FROM jobs WHERE state = 'open' AND run_at <= ${clock.sql}
     ORDER BY run_at LIMIT 1`,
    ...clock.values,
    ...clock.values,
  );
  return row === null ? null : integer(row, "age");
}

/** A job as people are shown it. */
export interface ShownJob {
  readonly id: string;
  readonly kind: string;
  readonly key: string;
  /** Whose work it is; `null` for what concerns the whole host. */
  readonly teamId: string | null;
  readonly state: JobState;
  readonly attempt: number;
  readonly error: string | null;
  /** When it is due, in milliseconds since 1970. */
  readonly runAt: number;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  /** Milliseconds since 1970; `null` while it is open. */
  readonly endedAt: number | null;
}

const SELECT_JOBS =
  `SELECT id, kind, key, team_id, ${SHOWN_STATE} AS shown, attempt, error, run_at, created_at, ended_at FROM jobs`;

/** Returns the newest jobs, `limit` at most: those that are open, or those that ended so. */
export async function listJobs(
  store: HostStore,
  { state, limit }: { readonly state: "open" | "done" | "failed"; readonly limit: number },
): Promise<ShownJob[]> {
  const rows = await store.all(
    `${SELECT_JOBS} WHERE state = ? ORDER BY created_at DESC, id DESC LIMIT ?`,
    state,
    limit,
  );
  return rows.map(shownJob);
}

/** Returns a job, or `null`. */
export async function findJob(store: HostStore, id: string): Promise<ShownJob | null> {
  const row = await store.one(`${SELECT_JOBS} WHERE id = ?`, id);
  return row === null ? null : shownJob(row);
}

/**
 * Opens a job that has failed once more, or has one that is put off be due, at once; returns it, or `null` when it has not
 * failed or is open again.
 */
export async function reopenJob(
  tx: Transaction,
  id: string,
  now: number,
): Promise<ShownJob | null> {
  const clock = clockOf(tx, now);
  const changed = await tx.run(
    `UPDATE jobs SET state = 'open', attempt = 0, run_at = ${clock.sql}, ended_at = NULL
     WHERE id = ? AND (${SET_BACK} OR state = 'failed' AND NOT EXISTS (SELECT 1 FROM jobs other
       WHERE other.kind = jobs.kind AND other.key = jobs.key AND other.state = 'open'))`,
    ...clock.values,
    id,
  );
  const row = changed === 1 ? await tx.one(`${SELECT_JOBS} WHERE id = ?`, id) : null;
  return row === null ? null : shownJob(row);
}

/** Reads what every list of jobs shows. */
export function jobIn(row: Row): Omit<ShownJob, "state" | "createdAt"> {
  return {
    id: text(row, "id"),
    kind: text(row, "kind"),
    key: text(row, "key"),
    teamId: textOrNull(row, "team_id"),
    attempt: integer(row, "attempt"),
    error: textOrNull(row, "error"),
    runAt: integer(row, "run_at"),
    endedAt: integerOrNull(row, "ended_at"),
  };
}

function shownJob(row: Row): ShownJob {
  return {
    ...jobIn(row),
    state: stateOf(row),
    createdAt: integer(row, "created_at"),
  };
}

function stateOf(row: Row): JobState {
  const shown = text(row, "shown");
  const state = STATES.find((known) => known === shown);
  if (state === undefined) throw new TypeError(`No state of a job: "${shown}"`);
  return state;
}
