import { integer, integerOrNull, text, textOrNull } from "./row.ts";
import type { HostStore } from "./store.ts";

/** A change of an issue on its way to the provider. */
export interface IssueDelivery {
  readonly state: "waiting" | "delivered" | "failed";
  readonly attempt: number;
  /** The operation it is a part of; `null` when it is none's. */
  readonly operationId: string | null;
  /** What went wrong last; `null` when nothing did. */
  readonly error: string | null;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  /** Milliseconds since 1970; `null` while it waits. */
  readonly endedAt: number | null;
}

/** Returns the last deliveries of an issue, newest first: `limit` at most. */
export async function deliveriesOf(
  store: HostStore,
  resourceId: string,
  issueId: string,
  limit: number,
): Promise<IssueDelivery[]> {
  const rows = await store.all(
    `SELECT state, attempt, operation_id, error, created_at, ended_at FROM outbox
     WHERE resource_id = ? AND external_id = ? ORDER BY id DESC LIMIT ?`,
    resourceId,
    issueId,
    limit,
  );
  return rows.map((row) => {
    const state = text(row, "state");
    return {
      state: state === "waiting" || state === "delivered" ? state : "failed",
      attempt: integer(row, "attempt"),
      operationId: textOrNull(row, "operation_id"),
      error: textOrNull(row, "error"),
      createdAt: integer(row, "created_at"),
      endedAt: integerOrNull(row, "ended_at"),
    };
  });
}
