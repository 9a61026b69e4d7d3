import type { HostStore, SqlValue, Transaction } from "../../src/server/store/store.ts";
import { watchStatements } from "./statements.ts";

/** Returns how the first statement that `read` asks for finds its rows, with these values. */
export async function planOf(
  store: HostStore,
  values: readonly SqlValue[],
  read: (tx: Transaction) => Promise<unknown>,
): Promise<string> {
  const asked: string[] = [];
  const stop = watchStatements(store, (sql) => void asked.push(sql));
  await store.transaction(read);
  stop();
  const explain = store.dialect === "sqlite" ? "EXPLAIN QUERY PLAN" : "EXPLAIN";
  const rows = await store.transaction((tx) => tx.all(`${explain} ${asked[0]}`, ...values));
  return rows.map((row) => String(row["detail"] ?? row["QUERY PLAN"])).join("\n");
}
