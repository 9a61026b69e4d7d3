import type { RateLimit } from "../model/rate_limit.ts";
import { integer } from "./row.ts";
import type { HostStore } from "./store.ts";

/** A bucket of tokens, and the time; `null` for that of the database, which all processes share. */
export interface LimitBucket {
  readonly key: string;
  readonly limit: RateLimit;
  /** Milliseconds since 1970. */
  readonly now: number | null;
}

/** What was taken from a bucket, and what is left in it. */
export interface TakenTokens {
  readonly granted: number;
  readonly tokens: number;
}

/** Takes `count` tokens from a bucket, or as many whole ones as there are, in one statement. */
export async function takeTokens(
  store: HostStore,
  { key, limit: { burst, perSecond }, now }: LimitBucket,
  count: number,
): Promise<TakenTokens> {
  const { dialect } = store;
  const [least, most] = dialect === "sqlite" ? ["min", "max"] : ["LEAST", "GREATEST"];
  const time = currentTime(dialect);
  const time0 = `${most}(l.at, ${time})`;
  const refilled =
    `${least}(CAST(? AS DOUBLE PRECISION), l.tokens + (${time0} - l.at) * CAST(? AS DOUBLE PRECISION))`;
  const available = `${least}(CAST(? AS DOUBLE PRECISION), ${refilled})`;
  const granted = `CAST(${dialect === "sqlite" ? available : `floor(${available})`} AS BIGINT)`;
  const wanted = Math.min(count, Math.floor(burst));
  const perMs = perSecond / 1000;
  // A bucket is full again once what it lacks has come back, and its row is of no more use.
  const fullAfterMs = Math.ceil(burst / perMs);
  const statement = `INSERT INTO limits AS l (key, tokens, at, granted, expires_at)
     VALUES (?, CAST(? AS DOUBLE PRECISION), ${time}, ?, ${time} + CAST(? AS BIGINT))
     ON CONFLICT (key) DO UPDATE SET tokens = ${refilled} - ${granted}, at = ${time0},
       granted = ${granted}, expires_at = excluded.expires_at
     RETURNING tokens, granted`;
  const refill = [burst, now, perMs] as const;
  const grant = [wanted, ...refill] as const;
  const values = [key, burst - wanted, now, wanted, now, fullAfterMs, ...refill, ...grant, now];
  const row = dialect === "sqlite"
    ? await store.transaction((tx) => tx.one(statement, ...values, ...grant))
    : await store.one(
      `WITH taken AS (${statement}) SELECT tokens, granted FROM taken`,
      ...values,
      ...grant,
    );
  if (row === null) throw new TypeError("A bucket of a limit was not stored");
  return { granted: integer(row, "granted"), tokens: integer(row, "tokens") };
}

/** Gives one token back to a bucket. */
export async function giveTokenBack(
  store: HostStore,
  { key, limit: { burst } }: Omit<LimitBucket, "now">,
): Promise<void> {
  await store.run(
    `UPDATE limits SET tokens = CASE WHEN tokens + 1 > CAST(? AS DOUBLE PRECISION)
       THEN CAST(? AS DOUBLE PRECISION) ELSE tokens + 1 END WHERE key = ?`,
    burst,
    burst,
    key,
  );
}

/** Remembers a key for a while. */
export async function rememberKey(
  store: HostStore,
  key: string,
  { now, forMs }: { readonly now: number | null; readonly forMs: number },
): Promise<void> {
  const time = currentTime(store.dialect);
  await store.run(
    `INSERT INTO limits (key, tokens, at, granted, expires_at)
     VALUES (?, 0, ${time}, 0, ${time} + CAST(? AS BIGINT))
     ON CONFLICT (key) DO UPDATE SET expires_at = excluded.expires_at`,
    key,
    now,
    now,
    forMs,
  );
}

/** Returns for how many milliseconds a key is remembered; 0 when it is not. */
export async function rememberedFor(
  store: HostStore,
  key: string,
  now: number | null,
): Promise<number> {
  const row = await store.one(
    `SELECT expires_at - ${currentTime(store.dialect)} AS ms FROM limits WHERE key = ?`,
    now,
    key,
  );
  return row === null ? 0 : Math.max(0, integer(row, "ms"));
}

/** Deletes the rows that say no more than missing ones. */
export async function forgetLimits(store: HostStore, now: number | null): Promise<void> {
  await store.run(`DELETE FROM limits WHERE expires_at <= ${currentTime(store.dialect)}`, now);
}

/** Returns the SQL for the time in milliseconds since 1970: the given one, else that of the database. */
function currentTime(dialect: HostStore["dialect"]): string {
  const ofDatabase = dialect === "sqlite"
    ? "unixepoch('subsec') * 1000"
    : "floor(extract(epoch FROM statement_timestamp()) * 1000)";
  return `CAST(COALESCE(CAST(? AS BIGINT), ${ofDatabase}) AS BIGINT)`;
}
