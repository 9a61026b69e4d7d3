import { integer } from "./row.ts";
import type { HostStore, SqlValue } from "./store.ts";

/** A condition of a statement, and its values. */
export interface Condition {
  readonly sql: string;
  readonly values: readonly SqlValue[];
}

/** Issues updated since a time that are found by their updates: of more than this, walking along the changes finds some soon. */
const FEW = 10_000;

/** Which updates of a resource to find. */
export interface UpdatedQuery {
  readonly resourceId: string;
  /** The change to continue after. */
  readonly after: number;
  /** Milliseconds since 1970; `null` for all. */
  readonly updatedSince: number | null;
}

/**
 * Returns the condition that has the database find what was updated since a time by the index of updates, where that is
 * little. By itself it walks along the changes, and passes all that was not updated.
 */
export async function newest(
  store: HostStore,
  { resourceId, after, updatedSince }: UpdatedQuery,
): Promise<Condition | null> {
  if (updatedSince === null) return null;
  const values = [resourceId, updatedSince, after];
  const updated =
    "FROM issues WHERE resource_id = ? AND updated_ms >= ? AND change > ? ORDER BY updated_ms DESC";
  const row = await store.one(
    `SELECT COUNT(*) AS count FROM (SELECT updated_ms ${updated} LIMIT ?) AS updated`,
    ...values,
    FEW + 1,
  );
  if (row === null || integer(row, "count") > FEW) return null;
  return {
    sql: store.dialect === "sqlite"
      ? ` AND change IN (SELECT change ${updated})`
      : ` AND change = ANY(ARRAY(SELECT change ${updated}))`,
    values,
  };
}
