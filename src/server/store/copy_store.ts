import type { HostTable } from "./host_tables.ts";
import type { HostStore, Transaction } from "./store.ts";

/** Works with what is stored at one instant, even while others write. */
export async function atOneInstant<T>(
  store: HostStore,
  work: (tx: Transaction) => Promise<T>,
): Promise<T> {
  return await store.transaction(async (tx) => {
    if (tx.dialect === "postgres") {
      await tx.run("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY");
    }
    return await work(tx);
  });
}

/** Keeps other processes from writing until the transaction ends; on SQLite none can while it lasts. */
export async function keepWritersOut(tx: Transaction, tables: readonly HostTable[]): Promise<void> {
  if (tx.dialect === "sqlite") return;
  await tx.run(`LOCK TABLE ${tables.map(({ name }) => name).join(", ")} IN EXCLUSIVE MODE`);
}
