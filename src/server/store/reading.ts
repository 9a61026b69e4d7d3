import type { Row } from "./row.ts";
import type { SqlValue } from "./store.ts";

/** A database that is only looked at: whatever its version, nothing is migrated, and no statement can change it. */
export interface StoreReader {
  /** The SQL it speaks. */
  readonly dialect: "sqlite" | "postgres";
  /** Returns all rows. */
  all(sql: string, ...values: SqlValue[]): Promise<Row[]>;
  /** Closes it. */
  close(): Promise<void>;
}
