import type { JsonObject } from "../../contract/field.ts";
import { insertRow } from "./insert.ts";
import { integer, jsonObject, type Row, text, textOrNull } from "./row.ts";
import type { HostStore, SqlValue, Transaction } from "./store.ts";

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
  /** Entries of this action; `null` for any. */
  readonly action: string | null;
  readonly limit: number;
}

/** Returns what was done, newest first. */
export async function auditEntries(store: HostStore, query: AuditQuery): Promise<AuditEntry[]> {
  const { teamId, limit } = query;
  const parts = teamId === null
    ? [partOf(query, null)]
    // Each is read by its index as far as the limit: an OR of the two would have the whole log sorted.
    : [partOf(query, ["team_id = ?", teamId]), partOf(query, ["team_id IS NULL"])];
  const selects = parts.map(({ sql }, index) => `SELECT * FROM (${sql}) AS part_${index}`);
  const rows = await store.all(
    `${selects.join(" UNION ALL ")} ORDER BY id DESC LIMIT ?`,
    ...parts.flatMap(({ values }) => values),
    limit,
  );
  return rows.map(readEntry);
}

/** A condition and the value in it, if there is one. */
type Condition = readonly [sql: string, ...values: SqlValue[]];

function partOf(
  { before, since, actor, action, limit }: AuditQuery,
  team: Condition | null,
): { readonly sql: string; readonly values: readonly SqlValue[] } {
  const conditions: Condition[] = team === null ? [] : [team];
  // Identifiers sort by time.
  if (before !== null) conditions.push(["id < ?", before]);
  if (since !== null) conditions.push(["at >= ?", since]);
  if (actor !== null) conditions.push(["actor = ?", actor]);
  if (action !== null) conditions.push(["action = ?", action]);
  const where = conditions.length === 0
    ? ""
    : `WHERE ${conditions.map(([condition]) => condition).join(" AND ")}`;
  return {
    sql: `SELECT * FROM audit ${where} ORDER BY id DESC LIMIT ?`,
    values: [...conditions.flatMap(([, ...held]) => held), limit],
  };
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
