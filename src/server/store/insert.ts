import type { HostStore, SqlValue } from "./store.ts";

/**
 * Adds a row: the values by their columns. `conflict` is what follows the values, such as `ON CONFLICT DO NOTHING`.
 * Returns how many rows were added or changed.
 */
export async function insertRow(
  store: HostStore,
  table: string,
  row: Readonly<Record<string, SqlValue>>,
  conflict: string = "",
): Promise<number> {
  const columns = Object.keys(row);
  const places = columns.map(() => "?").join(", ");
  return await store.run(
    `INSERT INTO ${table} (${columns.join(", ")}) VALUES (${places}) ${conflict}`,
    ...Object.values(row),
  );
}
