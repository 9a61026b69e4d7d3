import { type Row, textOrNull } from "./row.ts";

/**
 * Tells which transactions are visible. Of two that are the same in one connection, no transaction that has written
 * anything was committed between them. A server that only follows another one tells less, and is not asked.
 */
const VISIBLE =
  "SELECT CASE WHEN pg_is_in_recovery() THEN NULL ELSE CAST(pg_current_snapshot() AS TEXT) END AS visible";

/** Milliseconds that an answer may take before its connection is given up. */
const ANSWER_WITHIN_MS = 5_000;

/** A connection of the driver. */
export interface Asked {
  query(
    statement: { readonly name: string; readonly text: string; readonly query_timeout: number },
  ): Promise<{ readonly rows: readonly Row[] }>;
  end(): Promise<void>;
}

/** What a connection has told last. */
interface Told {
  readonly client: Asked;
  readonly visible: string;
  readonly version: number;
}

/**
 * Numbers the states of a database, as `HostStore.version` does. Calls that come while the database is asked share the
 * next question: each has the state at its arrival or a later one, and fifty of them cost one round trip.
 */
export class PostgresVersion {
  readonly #connection: () => Asked | null;
  #asking: Promise<number | null> | null = null;
  #following: Promise<number | null> | null = null;
  #told: Told | null = null;
  #versions = 0;

  /** `connection` returns the one to ask, `null` while there is none. */
  constructor(connection: () => Asked | null) {
    this.#connection = connection;
  }

  /** Returns the number of the state; `null` when it cannot be told. */
  async now(): Promise<number | null> {
    if (this.#asking === null) return await this.#begin();
    const next = () => {
      this.#following = null;
      return this.#begin();
    };
    // A question that fails is no reason not to ask the next one.
    this.#following ??= this.#asking.then(next, next);
    return await this.#following;
  }

  #begin(): Promise<number | null> {
    const asking = this.#ask().finally(() => {
      if (this.#asking === asking) this.#asking = null;
    });
    this.#asking = asking;
    return asking;
  }

  async #ask(): Promise<number | null> {
    const client = this.#connection();
    if (client === null) return null;
    const visible = await visibleTo(client);
    if (visible === null) return null;
    // Numbers of transactions may come again after a crash, which no connection survives.
    if (this.#told?.client !== client || this.#told.visible !== visible) {
      this.#told = { client, visible, version: ++this.#versions };
    }
    return this.#told.version;
  }
}

async function visibleTo(client: Asked): Promise<string | null> {
  const statement = { name: "tracker_visible", text: VISIBLE, query_timeout: ANSWER_WITHIN_MS };
  try {
    const { rows: [row] } = await client.query(statement);
    return textOrNull(row ?? {}, "visible");
  } catch {
    // What is wrong with the database is told by the reads that follow. Another connection takes the place of this one.
    await client.end();
    return null;
  }
}
