import type { Resource } from "../model/resource.ts";
import { integer, integerOrNull, type Row, text, textOrNull } from "./row.ts";
import { PLACE_ID, readResource, RESOURCE_COLUMNS } from "./resources.ts";
import type { HostStore, Transaction } from "./store.ts";

/** A resource whose issues come by a connection, and how far the host has read them. */
export interface SyncedResource {
  readonly resource: Resource;
  readonly connectionId: string;
  readonly teamId: string;
  /** Where the next round begins; `null` for everything. */
  readonly since: string | null;
  /** The round under way; `null` when none is. Times are milliseconds since 1970. */
  readonly round: { readonly cursor: string; readonly startedAt: number } | null;
  /** When the last whole round began. */
  readonly lastRoundAt: number | null;
  /** Rounds in a row that brought nothing. */
  readonly quietRounds: number;
  /** The sweep under way; `null` when none is. */
  readonly sweep: Sweep | null;
  /** When the last whole sweep began. */
  readonly lastSweepAt: number | null;
  /** Why the provider did not let the host read the resource last; `null` when it did. */
  readonly error: string | null;
  /** Whether what was changed while no connection brought it has still to be sent. */
  readonly isDetached: boolean;
}

/** A walk over all issues of a resource. */
export interface Sweep {
  /** The last change in the host when it began. */
  readonly mark: number;
  readonly startedAt: number;
  /** Where the list continues; `null` at its beginning. */
  readonly cursor: string | null;
  /** The id up to which issues that the list did not show were looked at; `null` while it lists. */
  readonly checked: string | null;
}

const SELECT = `SELECT ${RESOURCE_COLUMNS}, r.connection_id, i.team_id, r.sync_cursor,
    r.round_cursor, r.round_started_at, r.last_round_at, r.quiet_rounds, r.sweep_cursor,
    r.sweep_started_at, r.sweep_mark, r.sweep_checked, r.last_sweep_at, r.sync_error,
    r.detached_change
  FROM resources r JOIN installations i ON i.id = r.installation_id`;

/** Returns a resource that a connection brings; `null` when it is gone, or its issues live in this host. */
export async function syncedResource(
  store: HostStore,
  id: string,
): Promise<SyncedResource | null> {
  const row = await store.one(`${SELECT} WHERE r.id = ? AND r.connection_id IS NOT NULL`, id);
  return row === null ? null : readSynced(row);
}

/** Returns the resources that a connection brings, or that any does with `null`, by label. */
export async function syncedResources(
  store: HostStore,
  connectionId: string | null,
): Promise<SyncedResource[]> {
  const rows = await store.all(
    `${SELECT} WHERE r.connection_id IS NOT NULL AND (CAST(? AS TEXT) IS NULL OR r.connection_id = ?)
     ORDER BY r.label, r.id`,
    connectionId,
    connectionId,
  );
  return rows.map(readSynced);
}

/** Returns the resource of a connection by the provider's own id of it. */
export async function resourceOfPlace(
  store: HostStore,
  connectionId: string,
  externalId: string,
): Promise<Resource | null> {
  const row = await store.one(
    `${SELECT} WHERE r.connection_id = ? AND ${PLACE_ID} = ?`,
    connectionId,
    externalId,
  );
  return row === null ? null : readResource(row);
}

function readSynced(row: Row): SyncedResource {
  const cursor = textOrNull(row, "round_cursor");
  const mark = integerOrNull(row, "sweep_mark");
  return {
    resource: readResource(row),
    connectionId: text(row, "connection_id"),
    teamId: text(row, "team_id"),
    since: textOrNull(row, "sync_cursor"),
    round: cursor === null
      ? null
      : { cursor, startedAt: integerOrNull(row, "round_started_at") ?? 0 },
    lastRoundAt: integerOrNull(row, "last_round_at"),
    quietRounds: integer(row, "quiet_rounds"),
    sweep: mark === null ? null : {
      mark,
      startedAt: integerOrNull(row, "sweep_started_at") ?? 0,
      cursor: textOrNull(row, "sweep_cursor"),
      checked: textOrNull(row, "sweep_checked"),
    },
    lastSweepAt: integerOrNull(row, "last_sweep_at"),
    error: textOrNull(row, "sync_error"),
    isDetached: integerOrNull(row, "detached_change") !== null,
  };
}

/** Stores at which page a round continues; `null` to begin it again. */
export async function setRound(
  tx: Transaction,
  resourceId: string,
  round: SyncedResource["round"],
): Promise<void> {
  await tx.run(
    "UPDATE resources SET round_cursor = ?, round_started_at = ? WHERE id = ?",
    round?.cursor ?? null,
    round?.startedAt ?? null,
    resourceId,
  );
}

/** Stores that a round has ended. */
export async function endRound(
  tx: Transaction,
  resourceId: string,
  end: {
    readonly since: string | null;
    readonly startedAt: number;
    readonly quietRounds: number;
  },
): Promise<void> {
  await tx.run(
    `UPDATE resources SET sync_cursor = ?, last_round_at = ?, quiet_rounds = ?, round_cursor = NULL,
       round_started_at = NULL, sync_error = NULL WHERE id = ?`,
    end.since,
    end.startedAt,
    end.quietRounds,
    resourceId,
  );
}

/** Stores how far a sweep is. */
export async function setSweep(tx: Transaction, resourceId: string, sweep: Sweep): Promise<void> {
  await tx.run(
    `UPDATE resources SET sweep_mark = ?, sweep_started_at = ?, sweep_cursor = ?, sweep_checked = ?
     WHERE id = ?`,
    sweep.mark,
    sweep.startedAt,
    sweep.cursor,
    sweep.checked,
    resourceId,
  );
}

/** Ends a sweep; `at` is when it began if it has met all, or `null` when it is given up. */
export async function endSweep(
  tx: Transaction,
  resourceId: string,
  at: number | null,
): Promise<void> {
  await forgetSeen(tx, resourceId);
  await tx.run(
    `UPDATE resources SET sweep_mark = NULL, sweep_started_at = NULL, sweep_cursor = NULL,
       sweep_checked = NULL, last_sweep_at = COALESCE(CAST(? AS BIGINT), last_sweep_at)
     WHERE id = ?`,
    at,
    resourceId,
  );
}

/** Stores why the provider does not let the host read a resource. */
export async function setSyncError(
  tx: Transaction,
  resourceId: string,
  error: string | null,
): Promise<void> {
  await tx.run("UPDATE resources SET sync_error = ? WHERE id = ?", error, resourceId);
}

/** Forgets how far a resource was read: the next round reads everything. */
export async function forgetSync(tx: Transaction, resourceId: string): Promise<void> {
  await forgetSeen(tx, resourceId);
  await tx.run(
    `UPDATE resources SET sync_cursor = NULL, round_cursor = NULL, round_started_at = NULL,
       last_round_at = NULL, quiet_rounds = 0, sweep_cursor = NULL, sweep_started_at = NULL,
       sweep_mark = NULL, sweep_checked = NULL, last_sweep_at = NULL, sync_error = NULL
     WHERE id = ?`,
    resourceId,
  );
}

/** Forgets which issues a sweep has met. */
export async function forgetSeen(tx: Transaction, resourceId: string): Promise<void> {
  await tx.run("DELETE FROM sweep_seen WHERE resource_id = ?", resourceId);
}

/** Stores what a resource is called at its provider by now. */
export async function renameResource(
  tx: Transaction,
  id: string,
  place: Pick<Resource, "key" | "name" | "label" | "url" | "context">,
): Promise<void> {
  await tx.run(
    "UPDATE resources SET key = ?, name = ?, label = ?, url = ?, context = ? WHERE id = ?",
    place.key,
    place.name,
    place.label,
    place.url,
    JSON.stringify(place.context),
    id,
  );
}
