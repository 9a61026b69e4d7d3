import { insertRow } from "./insert.ts";
import { integer, integerOrNull, type Row, text, textOrNull } from "./row.ts";
import type { HostStore, Transaction } from "./store.ts";

/** How a session was opened. */
export const OPENED_BY = ["password", "device", "browser", "console"] as const;

/** One of {@link OPENED_BY}. */
export type OpenedBy = typeof OPENED_BY[number];

/** A session to be stored: one login. */
export interface NewSession {
  readonly id: string;
  readonly userId: string;
  readonly openedBy: OpenedBy;
  readonly now: number;
}

/** A session that can still be used. */
export interface StoredSession {
  readonly id: string;
  readonly username: string;
  /** `null` for one of an older version of the host. */
  readonly openedBy: OpenedBy | null;
  readonly createdAt: number;
  /** `null` for one of an older version of the host that was not used since. */
  readonly lastUsedAt: number | null;
}

/** What holds of a session `f` that can still be used; takes the time twice. */
export const LIVE_SESSION = `f.revoked_at IS NULL AND (
  EXISTS (SELECT 1 FROM refresh_tokens r
    WHERE r.family_id = f.id AND r.used_at IS NULL AND r.expires_at > ?)
  OR EXISTS (SELECT 1 FROM web_sessions w WHERE w.family_id = f.id AND w.expires_at > ?))`;

/** Adds a session without tokens. */
export async function insertSession(tx: Transaction, session: NewSession): Promise<void> {
  await insertRow(tx, "token_families", {
    id: session.id,
    user_id: session.userId,
    created_at: session.now,
    last_used_at: session.now,
    opened_by: session.openedBy,
  });
}

/** Which users are meant: all of them unless narrowed. */
export interface UserFilter {
  /** Members of one team; `null` for users of any. */
  readonly teamId: string | null;
  /** One user alone; `null` for all. */
  readonly userId: string | null;
}

/** Returns what narrows a query to the users that are meant, by the column of their id. */
export function ofUsers(
  column: string,
  { teamId, userId }: UserFilter,
): { readonly sql: string; readonly values: readonly string[] } {
  const team = teamId === null
    ? ""
    : `AND ${column} IN (SELECT user_id FROM members WHERE team_id = ?)`;
  const user = userId === null ? "" : `AND ${column} = ?`;
  return { sql: `${team} ${user}`, values: [teamId, userId].filter((id) => id !== null) };
}

/** Returns the sessions that can still be used, by the user's name, newest first. */
export async function liveSessions(
  store: HostStore,
  filter: UserFilter,
  now: number,
): Promise<StoredSession[]> {
  const { sql, values } = ofUsers("f.user_id", filter);
  const rows = await store.all(
    `SELECT f.id, f.opened_by, f.created_at, f.last_used_at, users.username
     FROM token_families f JOIN users ON users.id = f.user_id
     WHERE ${LIVE_SESSION} ${sql} ORDER BY users.username, f.id DESC`,
    now,
    now,
    ...values,
  );
  return rows.map(readSession);
}

function readSession(row: Row): StoredSession {
  const openedBy = textOrNull(row, "opened_by");
  return {
    id: text(row, "id"),
    username: text(row, "username"),
    openedBy: OPENED_BY.find((word) => word === openedBy) ?? null,
    createdAt: integer(row, "created_at"),
    lastUsedAt: integerOrNull(row, "last_used_at"),
  };
}
