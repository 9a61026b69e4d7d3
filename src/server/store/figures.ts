import { integer, text } from "./row.ts";
import type { HostStore } from "./store.ts";

/** Jobs of a kind that have not ended. */
export interface JobFigures {
  readonly kind: string;
  /** `running` while a process has leased them, else `waiting`. */
  readonly state: "running" | "waiting";
  readonly count: number;
  /** When the first of them was due, in milliseconds since 1970. */
  readonly oldestDue: number;
}

/** Counts the jobs that have not ended. */
export async function jobFigures(store: HostStore, now: number): Promise<JobFigures[]> {
  const rows = await store.all(
    `SELECT kind, is_running, COUNT(*) AS jobs, MIN(run_at) AS oldest FROM (
       SELECT kind, run_at, CASE WHEN lease_until > ? THEN 1 ELSE 0 END AS is_running
       FROM jobs WHERE state = 'open') open_jobs
     GROUP BY kind, is_running ORDER BY kind, is_running`,
    now,
  );
  return rows.map((row) => ({
    kind: text(row, "kind"),
    state: integer(row, "is_running") === 1 ? "running" : "waiting",
    count: integer(row, "jobs"),
    oldestDue: integer(row, "oldest"),
  }));
}

/** Items of a provider that wait for their delivery. */
export interface OutboxFigures {
  readonly provider: string;
  readonly count: number;
  /** When the oldest came, in milliseconds since 1970. */
  readonly oldest: number;
}

/** Counts the items that wait for their delivery. */
export async function outboxFigures(store: HostStore): Promise<OutboxFigures[]> {
  const rows = await store.all(
    `SELECT i.provider AS provider, COUNT(*) AS items, MIN(o.created_at) AS oldest
     FROM outbox o JOIN resources r ON r.id = o.resource_id
     JOIN installations i ON i.id = r.installation_id
     WHERE o.state = 'waiting' GROUP BY i.provider ORDER BY i.provider`,
  );
  return rows.map((row) => ({
    provider: text(row, "provider"),
    count: integer(row, "items"),
    oldest: integer(row, "oldest"),
  }));
}

/** A connection to a provider, as figures show it. */
export interface ConnectionFigures {
  readonly id: string;
  readonly provider: string;
  /** Its state, or `paused`. */
  readonly state: string;
  /** Requests that the provider still allows; `null` when it has not said. */
  readonly budgetLeft: number | null;
}

/** Returns the connections to providers. */
export async function connectionFigures(store: HostStore): Promise<ConnectionFigures[]> {
  const rows = await store.all(
    `SELECT c.id AS id, i.provider AS provider,
       CASE WHEN c.paused_at IS NULL THEN c.state ELSE 'paused' END AS state, c.budget_left AS budget_left
     FROM connections c JOIN installations i ON i.id = c.installation_id ORDER BY c.id`,
  );
  return rows.map((row) => ({
    id: text(row, "id"),
    provider: text(row, "provider"),
    state: text(row, "state"),
    budgetLeft: row["budget_left"] === null ? null : integer(row, "budget_left"),
  }));
}
