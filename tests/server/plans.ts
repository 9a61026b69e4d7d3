import type { HostStore, SqlValue, Transaction } from "../../src/server/store/store.ts";
import { watchStatements } from "./statements.ts";

/** Returns how a statement that `read` asks for, the first one or that at `place`, finds its rows, with these values. */
export async function planOf(
  store: HostStore,
  values: readonly SqlValue[],
  read: (tx: Transaction) => Promise<unknown>,
  place = 0,
): Promise<string> {
  const asked: string[] = [];
  const stop = watchStatements(store, (sql) => void asked.push(sql));
  await store.transaction(read);
  stop();
  const explain = store.dialect === "sqlite" ? "EXPLAIN QUERY PLAN" : "EXPLAIN";
  const rows = await store.transaction((tx) => tx.all(`${explain} ${asked[place]}`, ...values));
  return rows.map((row) => String(row["detail"] ?? row["QUERY PLAN"])).join("\n");
}
