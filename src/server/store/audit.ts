import type { JsonObject } from "../../contract/field.ts";
import { insertRow } from "./insert.ts";
import { integer, jsonObject, type Row, text, textOrNull } from "./row.ts";
import type { HostStore, Transaction } from "./store.ts";

/** One thing that was done, as it is stored. */
export interface AuditEntry {
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** `null` for what concerns the whole host. */
  readonly teamId: string | null;
  /** `null` for the command line. */
  readonly userId: string | null;
  /** The user's name at that time, or `command line`. */
  readonly actor: string;
  /** A word such as `user.add`. */
  readonly action: string;
  /** What it was done to, as people know it. */
  readonly target: string;
  readonly details: JsonObject;
}

/** Stores what was done. */
export async function insertAudit(tx: Transaction, entry: AuditEntry): Promise<void> {
  await insertRow(tx, "audit", {
    id: entry.id,
    at: entry.at,
    team_id: entry.teamId,
    user_id: entry.userId,
    actor: entry.actor,
    action: entry.action,
    target: entry.target,
    details: JSON.stringify(entry.details),
  });
}

/** Which of the things done to read. */
export interface AuditQuery {
  /** One team's, and what concerns the whole host; `null` for those of all teams. */
  readonly teamId: string | null;
  /** Entries before this one; `null` for the newest. */
  readonly before: string | null;
  /** Entries not older than this, in milliseconds since 1970; `null` for any. */
  readonly since: number | null;
  /** Entries of the actor with this name; `null` for any. */
  readonly actor: string | null;
  readonly limit: number;
}

/** Returns what was done, newest first. */
export async function auditEntries(store: HostStore, query: AuditQuery): Promise<AuditEntry[]> {
  const { teamId, before, since, actor, limit } = query;
  // Identifiers sort by time.
  const rows = await store.all(
    `SELECT * FROM audit
     WHERE (CAST(? AS TEXT) IS NULL OR team_id = ? OR team_id IS NULL)
       AND (CAST(? AS TEXT) IS NULL OR id < ?)
       AND (CAST(? AS TEXT) IS NULL OR actor = ?)
       AND at >= ?
     ORDER BY id DESC LIMIT ?`,
    teamId,
    teamId,
    before,
    before,
    actor,
    actor,
    since ?? 0,
    limit,
  );
  return rows.map(readEntry);
}

function readEntry(row: Row): AuditEntry {
  return {
    id: text(row, "id"),
    at: integer(row, "at"),
    teamId: textOrNull(row, "team_id"),
    userId: textOrNull(row, "user_id"),
    actor: text(row, "actor"),
    action: text(row, "action"),
    target: text(row, "target"),
    details: jsonObject(row, "details"),
  };
}
