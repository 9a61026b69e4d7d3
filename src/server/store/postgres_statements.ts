import { numbered, storable } from "./dialect.ts";
import { isStalePlan, ofDriver } from "./postgres_faults.ts";
import type { Row } from "./row.ts";
import type { SqlValue } from "./store.ts";

/** The channel of the database on which all processes tell each other; what is told is a channel of the store. */
export const CHANNEL = "tracker_host";

/** Tells all processes of a channel of the store. */
export const NOTIFY = `SELECT pg_notify('${CHANNEL}', ?)`;

/** Statements that are kept prepared on every connection; those beyond are planned each time. */
const MOST_PREPARED = 500;

/** A statement as the driver takes it; one with a name is prepared. */
interface Statement {
  readonly name?: string;
  readonly text: string;
}

/** What a statement has found or done. */
export interface Outcome {
  readonly rows: Row[];
  readonly rowCount: number | null;
}

/** What runs statements: one connection, or a pool of them. */
interface Querier {
  query(statement: Statement & { readonly values: SqlValue[] }): Promise<Outcome>;
}

/** The statements of a store, each prepared once on every connection. */
export class PostgresStatements {
  readonly #known = new Map<string, Statement>();
  #round = 0;

  /**
   * Runs a statement. When its plan is older than the columns, all statements are prepared again from now on, so that
   * the same work succeeds when it is done again.
   */
  async run(
    querier: Querier,
    sql: string,
    values: readonly SqlValue[],
  ): Promise<Outcome> {
    const round = this.#round;
    try {
      return await ofDriver(
        querier.query({ ...this.#prepared(sql), values: values.map(storable) }),
      );
    } catch (error) {
      // Those that fail at the same time need one round more, not one each.
      if (isStalePlan(error) && round === this.#round) {
        this.#round += 1;
        this.#known.clear();
      }
      throw error;
    }
  }

  #prepared(sql: string): Statement {
    const known = this.#known.get(sql);
    if (known !== undefined) return known;
    const text = numbered(sql);
    if (this.#known.size >= MOST_PREPARED) return { text };
    const statement = { name: `tracker_${this.#round}_${this.#known.size}`, text };
    this.#known.set(sql, statement);
    return statement;
  }
}
