import { type Condition, type KindQuery, kindsListed } from "./issue_kinds.ts";
import { integer } from "./row.ts";
import type { HostStore } from "./store.ts";

/** Issues updated since a time that are found by their updates: of more than this, walking along the changes finds some soon. */
const FEW = 10_000;

/**
 * Returns the condition that has the database find what was updated since a time by the index of updates, where that is
 * little; the index also has the kinds. By itself it walks along the changes, and passes all that was not updated.
 */
export async function newest(store: HostStore, query: KindQuery): Promise<Condition | null> {
  const { resourceId, after, updatedSince } = query;
  if (updatedSince === null) return null;
  const values = [resourceId, updatedSince, after];
  const from = "FROM issues WHERE resource_id = ? AND updated_ms >= ? AND change > ?";
  const row = await store.one(
    `SELECT COUNT(*) AS count FROM (SELECT updated_ms ${from} ORDER BY updated_ms DESC LIMIT ?) AS updated`,
    ...values,
    FEW + 1,
  );
  if (row === null || integer(row, "count") > FEW) return null;
  const kinds = kindsListed(query);
  const updated = `SELECT change ${from}${kinds.sql} ORDER BY updated_ms DESC`;
  return {
    sql: store.dialect === "sqlite"
      ? ` AND change IN (${updated})`
      : ` AND change = ANY(ARRAY(${updated}))`,
    values: [...values, ...kinds.values],
  };
}
