/**
 * The database under a host, without the host: it changes the same rows in as many transactions, and searches by the
 * same index. Takes the place of a host's data and prints its URL:
 *
 * - `/push?ms=1000` renames issues, one in a transaction, `/events?ms=1000` adds a hundred events in each;
 * - `/search?words=a+b&times=3` looks for issues that hold all words, the last changed first.
 *
 * It answers how many `times` it did that, and in how many `ms`.
 */
import { COMMON_WORDS, FILLED } from "./many_issues.ts";
import { bareDatabase, type Database, type Value } from "./bare_database.ts";

/** What was done, and how long that took. */
export interface Done {
  readonly times: number;
  readonly ms: number;
}

/** Issues that are renamed in turn. */
const RENAMED = 200;
/** Events in one transaction. */
export const EVENTS = 100;
/** Issues that a search finds at most. */
const FOUND = 10;

/** The rows to work with. */
interface Rows {
  readonly team: string;
  readonly user: string;
  readonly resource: string;
  readonly issues: readonly {
    readonly id: string;
    readonly json: string;
    readonly search: string;
  }[];
}

async function rowsOf({ all }: Database): Promise<Rows> {
  const [place] = await all(
    "SELECT r.id, i.team_id FROM resources r JOIN installations i ON i.id = r.installation_id WHERE r.label = ?",
    [FILLED],
  );
  const [user] = await all("SELECT id FROM users ORDER BY id LIMIT 1", []);
  const resource = String(place?.["id"]);
  const issues = await all(
    `SELECT external_id, json, search FROM issues WHERE resource_id = ? ORDER BY change LIMIT ${RENAMED}`,
    [resource],
  );
  return {
    team: String(place?.["team_id"]),
    user: String(user?.["id"]),
    resource,
    issues: issues.map((row) => ({
      id: String(row["external_id"]),
      json: String(row["json"]),
      search: String(row["search"]),
    })),
  };
}

/** A number that no other transaction of this process has, and a name that no other process has. */
let serial = 0;
const name = crypto.randomUUID();

async function rename(database: Database, { team, resource, issues }: Rows): Promise<void> {
  const number = ++serial;
  const issue = issues[number % issues.length];
  if (issue === undefined) throw new Error("There is no issue to rename");
  const title = `Renamed ${number} ${name}`;
  const now = Date.now();
  await database.transaction(async ({ all, run }) => {
    const [row] = await all(
      "UPDATE resources SET last_change = last_change + 1 WHERE id = ? RETURNING last_change",
      [resource],
    );
    await run(
      `UPDATE issues SET json = ?, search = ?, change = ?, updated_ms = ?, version = version + 1, undelivered = 1
       WHERE resource_id = ? AND external_id = ?`,
      [
        issue.json.replace(/"title":"[^"]*"/, `"title":"${title}"`),
        issue.search.replace(/^.*\n/, `${title.toLowerCase()}\n`),
        Number(row?.["last_change"]),
        now,
        resource,
        issue.id,
      ],
    );
    await run(
      `INSERT INTO idempotency (team_id, key, path, body_hash, status, answer, created_at)
       VALUES (?, ?, '/api/v1/tracker/push', ?, 200, ?, ?)`,
      [team, `${name}-${number}`, "0".repeat(64), "x".repeat(600), now],
    );
  });
}

const EVENT_COLUMNS =
  "team_id, event_id, user_id, node_id, lamport_clock, json, received_at, noted";

async function addEvents(database: Database, { team, user }: Rows, json: string): Promise<void> {
  const number = ++serial;
  const now = Date.now();
  const rows = Array.from(
    { length: EVENTS },
    (_, index): Value[] => [
      team,
      `${name}-${number}-${index}`,
      user,
      "a1b2c3d4e5f6",
      index,
      json,
      now,
      1,
    ],
  );
  await database.transaction(({ insert }) => insert(`events (${EVENT_COLUMNS})`, rows));
}

if (import.meta.main) {
  const [place = "", event = ""] = Deno.args;
  const database = await bareDatabase(place);
  const rows = await rowsOf(database);
  const during = async (ms: number, work: () => Promise<void>): Promise<Done> => {
    const started = performance.now();
    let times = 0;
    await Promise.all(Array.from({ length: database.writers }, async () => {
      while (performance.now() - started < ms) {
        await work();
        times += 1;
      }
    }));
    return { times, ms: performance.now() - started };
  };
  const search = async (words: readonly string[], times: number): Promise<Done> => {
    const started = performance.now();
    for (let time = 0; time < times; time++) {
      const found = await database.search(rows.resource, words, FOUND);
      if (found === 0) throw new Error(`Nothing holds ${words.join(", ")}`);
    }
    return { times, ms: performance.now() - started };
  };
  const answer = async (request: Request): Promise<Response> => {
    const { pathname, searchParams } = new URL(request.url);
    const ms = Number(searchParams.get("ms") ?? "0");
    switch (pathname) {
      case "/push":
        return Response.json(await during(ms, () => rename(database, rows)));
      case "/events":
        return Response.json(await during(ms, () => addEvents(database, rows, event)));
      default: {
        const words = (searchParams.get("words") ?? COMMON_WORDS).split(" ");
        return Response.json(await search(words, Number(searchParams.get("times") ?? "1")));
      }
    }
  };
  Deno.serve({
    hostname: "127.0.0.1",
    port: 0,
    onListen: ({ port }) => console.log(`http://127.0.0.1:${port}`),
  }, answer);
}
