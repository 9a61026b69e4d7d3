import type { HostStore } from "./store.ts";

/** What has a time of its last use: a session, or the token of a machine. */
export type UsedTable = "token_families" | "machine_tokens";

/** Notes that a row is used, unless it was since `before`. */
export async function touch(
  store: HostStore,
  table: UsedTable,
  row: { readonly id: string; readonly now: number; readonly before: number },
): Promise<void> {
  await store.run(
    `UPDATE ${table} SET last_used_at = ?
     WHERE id = ? AND (last_used_at IS NULL OR last_used_at <= ?)`,
    row.now,
    row.id,
    row.before,
  );
}
