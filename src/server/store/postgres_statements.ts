import { numbered, storable } from "./dialect.ts";
import type { SqlValue } from "./store.ts";

/** The channel of the database on which all processes tell each other; what is told is a channel of the store. */
export const CHANNEL = "tracker_host";

/** Tells all processes of a channel of the store. */
export const NOTIFY = `SELECT pg_notify('${CHANNEL}', ?)`;

/** Statements that are kept prepared on every connection; those beyond are planned each time. */
const MOST_PREPARED = 500;

/** The statements of a store as the driver takes them, each prepared once on every connection. */
export class PostgresStatements {
  readonly #known = new Map<string, { readonly name: string; readonly text: string }>();

  prepared(
    sql: string,
    values: readonly SqlValue[],
  ): { name?: string; text: string; values: SqlValue[] } {
    const bound = values.map(storable);
    const known = this.#known.get(sql);
    if (known !== undefined) return { ...known, values: bound };
    const text = numbered(sql);
    if (this.#known.size >= MOST_PREPARED) return { text, values: bound };
    const statement = { name: `tracker_${this.#known.size}`, text };
    this.#known.set(sql, statement);
    return { ...statement, values: bound };
  }
}
