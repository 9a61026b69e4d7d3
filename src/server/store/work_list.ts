import { type Page, pageOf, type PageRequest } from "../model/page.ts";
import { SET_BACK } from "./jobs.ts";
import { integer, type Row, text, textOrNull } from "./row.ts";
import { jobIn } from "./shown_jobs.ts";
import type { HostStore, SqlValue } from "./store.ts";

/** A change that is to be delivered to a provider, as it is listed for people. */
export interface ListedDelivery {
  readonly id: number;
  readonly state: "waiting" | "delivered" | "failed";
  /** The provider's own id of the issue, or the caller's name for a new one. */
  readonly issue: string;
  /** Label of the resource. */
  readonly resource: string;
  /** Name of the connection; `null` when it was removed. */
  readonly connection: string | null;
  readonly operationId: string | null;
  /** In JSON or in words; `null` unless it has failed. */
  readonly error: string | null;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
}

/** Which deliveries to list. */
export type DeliveryFilter = "all" | "waiting" | "failed";

// Literals, so that a partial index of the same words is used.
const DELIVERIES: Readonly<Record<DeliveryFilter, string>> = {
  all: "",
  waiting: "AND b.state = 'waiting'",
  failed: "AND b.state = 'failed'",
};

/** Returns what a team's pushes have to deliver, newest first. */
export async function listDeliveries(
  store: HostStore,
  teamId: string,
  { filter, after, limit }: PageRequest & { readonly filter: DeliveryFilter },
): Promise<Page<ListedDelivery>> {
  const place = /^\d{1,15}$/.test(after ?? "") ? Number(after) : null;
  const values: SqlValue[] = place === null ? [teamId] : [teamId, place];
  const rows = await store.all(
    `SELECT b.id, b.state, b.external_id, b.operation_id, b.error, b.created_at, r.label, c.name
     FROM outbox b JOIN resources r ON r.id = b.resource_id
     JOIN installations i ON i.id = r.installation_id
     LEFT JOIN connections c ON c.id = b.connection_id
     WHERE i.team_id = ? ${DELIVERIES[filter]} ${place === null ? "" : "AND b.id < ?"}
     ORDER BY b.id DESC LIMIT ?`,
    ...values,
    limit + 1,
  );
  return pageOf(rows.map(readDelivery), limit, ({ id }) => String(id));
}

function readDelivery(row: Row): ListedDelivery {
  const state = text(row, "state");
  return {
    id: integer(row, "id"),
    state: state === "waiting" || state === "delivered" ? state : "failed",
    issue: text(row, "external_id"),
    resource: text(row, "label"),
    connection: textOrNull(row, "name"),
    operationId: textOrNull(row, "operation_id"),
    error: textOrNull(row, "error"),
    createdAt: integer(row, "created_at"),
  };
}

/** A piece of the host's own work, as it is listed for people. */
export interface ListedJob {
  readonly id: string;
  readonly kind: string;
  /** What it works on. */
  readonly key: string;
  /** `null` for work of the whole host. */
  readonly teamId: string | null;
  /** `set_back`: it has failed, and is tried again after a long pause. */
  readonly state: "waiting" | "running" | "failed" | "set_back";
  readonly attempt: number;
  /** Why it failed, the last time. */
  readonly error: string | null;
  /** When it is due, in milliseconds since 1970. */
  readonly runAt: number;
  /** Milliseconds since 1970; `null` while it is open. */
  readonly endedAt: number | null;
}

/** Returns the work of a team and of the whole host that is open or has failed, newest first. */
export async function listWork(
  store: HostStore,
  teamId: string,
  { filter, after, limit }: PageRequest & { readonly filter: "open" | "failed" },
): Promise<Page<ListedJob>> {
  const values: SqlValue[] = after === null ? [teamId] : [teamId, after];
  const rows = await store.all(
    `SELECT id, kind, key, team_id, state, lease_owner, attempt, error, run_at, ended_at FROM jobs
     WHERE ${filter === "open" ? "state = 'open'" : FAILED} AND (team_id = ? OR team_id IS NULL) ${
      after === null ? "" : "AND id < ?"
    } ORDER BY id DESC LIMIT ?`,
    ...values,
    limit + 1,
  );
  return pageOf(rows.map(readJob), limit, ({ id }) => id);
}

/** Returns a failed job of a team by its id, or the one of an operation; `null` when there is none. */
export async function failedJob(
  store: HostStore,
  teamId: string,
  by: { readonly id: string } | { readonly operationId: string },
): Promise<string | null> {
  const [condition, value] = "id" in by
    ? ["id = ?", by.id] as const
    : ["kind = 'operation' AND key = ?", by.operationId] as const;
  const row = await store.one(
    `SELECT id FROM jobs WHERE ${FAILED} AND team_id = ? AND ${condition} ORDER BY id DESC LIMIT 1`,
    teamId,
    value,
  );
  return row === null ? null : text(row, "id");
}

/** Selects what has failed, also what is tried again later. */
const FAILED = `(state = 'failed' OR ${SET_BACK})`;

function stateOf(row: Row): ListedJob["state"] {
  if (text(row, "state") !== "open") return "failed";
  if (textOrNull(row, "lease_owner") !== null) return "running";
  const isSetBack = integer(row, "attempt") === 0 && textOrNull(row, "error") !== null;
  return isSetBack ? "set_back" : "waiting";
}

function readJob(row: Row): ListedJob {
  return { ...jobIn(row), state: stateOf(row) };
}
