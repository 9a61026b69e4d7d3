/** The databases of hosts through their drivers alone, with the settings that a host gives them. */
import { DatabaseSync, type StatementSync } from "node:sqlite";
import pg from "pg";

/** What a statement takes. */
export type Value = string | number;
/** What a statement has found. */
export type Found = Readonly<Record<string, unknown>>;

/** What runs statements with `?` for their values. */
export interface Statements {
  all(sql: string, values: readonly Value[]): Promise<Found[]>;
  run(sql: string, values: readonly Value[]): Promise<void>;
  /** Adds rows as fast as the driver can. */
  insert(into: string, rows: readonly (readonly Value[])[]): Promise<void>;
}

/** A database. */
export interface Database extends Statements {
  /** Transactions at once that are of use. */
  readonly writers: number;
  transaction(work: (statements: Statements) => Promise<void>): Promise<void>;
  /** Returns how many issues of a resource hold all words, of the last changed ones, `most` at most. */
  search(resource: string, words: readonly string[], most: number): Promise<number>;
}

/** Opens the database of a host by the place of its data. */
export async function bareDatabase(place: string): Promise<Database> {
  return place.startsWith("postgres:") ? await postgres(place) : sqlite(`${place}/host.db`);
}

function sqlite(path: string): Database {
  const database = new DatabaseSync(path);
  database.exec("PRAGMA busy_timeout = 5000; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON");
  const known = new Map<string, StatementSync>();
  const prepared = (sql: string) => {
    const statement = known.get(sql) ?? database.prepare(sql);
    known.set(sql, statement);
    return statement;
  };
  const statements: Statements = {
    all: (sql, values) => Promise.resolve(prepared(sql).all(...values)),
    run: (sql, values) => Promise.resolve(void prepared(sql).run(...values)),
    insert(into, rows) {
      const places = (rows[0] ?? []).map(() => "?").join(", ");
      for (const row of rows) prepared(`INSERT INTO ${into} VALUES (${places})`).run(...row);
      return Promise.resolve();
    },
  };
  return {
    ...statements,
    writers: 1,
    async transaction(work) {
      database.exec("BEGIN IMMEDIATE");
      await work(statements);
      database.exec("COMMIT");
    },
    search(resource, words, most) {
      const found = prepared(
        `SELECT i.json FROM search_words w JOIN search_places p ON p.resource_id = ?
         JOIN issues i ON i.resource_id = p.resource_id AND i.change = w.rowid - (p.number << 32)
         WHERE w.search_words MATCH ? AND w.rowid > (p.number << 32) AND w.rowid < ((p.number + 1) << 32)
           ${words.map(() => "AND instr(i.search, ?) > 0").join(" ")}
         ORDER BY w.rowid DESC LIMIT ?`,
      ).all(resource, words.flatMap(sequencesOf).join(" AND "), ...words, most);
      return Promise.resolve(found.length);
    },
  };
}

/** The three characters that follow each other, as the index holds them. */
function sequencesOf(word: string): string[] {
  return Array.from(
    { length: Math.max(0, word.length - 2) },
    (_, at) => `"${word.slice(at, at + 3)}"`,
  );
}

/** Clients of PostgreSQL at once, as a host has. */
const CONNECTIONS = 10;

async function postgres(url: string): Promise<Database> {
  const pool = new pg.Pool({ connectionString: url, max: CONNECTIONS });
  const names = new Map<string, { readonly name: string; readonly text: string }>();
  const named = (sql: string) => {
    let count = 0;
    const statement = names.get(sql) ??
      { name: `bare_${names.size}`, text: sql.replace(/\?/g, () => `$${++count}`) };
    names.set(sql, statement);
    return statement;
  };
  const on = (client: Pick<pg.PoolClient, "query">): Statements => {
    const query = async (sql: string, values: readonly Value[]) =>
      await client.query({ ...named(sql), values: [...values] });
    return {
      all: async (sql, values) => (await query(sql, values)).rows,
      run: async (sql, values) => void await query(sql, values),
      async insert(into, rows) {
        const places = `(${(rows[0] ?? []).map(() => "?").join(", ")})`;
        const all = rows.map(() => places).join(", ");
        await query(`INSERT INTO ${into} VALUES ${all}`, rows.flat());
      },
    };
  };
  await pool.query("SELECT 1");
  return {
    ...on(pool),
    writers: CONNECTIONS,
    async transaction(work) {
      const client = await pool.connect();
      try {
        await client.query("BEGIN");
        await work(on(client));
        await client.query("COMMIT");
      } finally {
        client.release();
      }
    },
    async search(resource, words, most) {
      const holding = words.map(() => "AND search LIKE ?").join(" ");
      const { rows } = await pool.query({
        ...named(
          `SELECT json FROM issues WHERE resource_id = ? ${holding} ORDER BY change DESC LIMIT ?`,
        ),
        values: [resource, ...words.map((word) => `%${word}%`), most],
      });
      return rows.length;
    },
  };
}
