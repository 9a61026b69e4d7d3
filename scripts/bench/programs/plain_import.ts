/**
 * A loop that reads a file of issues by line, parses each, and inserts the rows that a host stores of them into the host's
 * own tables: what an import cannot be quicker than. Takes the place of the data and the file; prints an address at which
 * the first request makes it run.
 */
import { DatabaseSync } from "node:sqlite";
import { importIssues, openHostData } from "../../../src/server/mod.ts";
import { systemPlatform } from "../../../src/platform/system.ts";
import { serveRuns } from "./runs.ts";

/** Rows of one transaction: as many as an import stores in one. */
const AT_ONCE = 250;

const COLUMNS = [
  "resource_id",
  "external_id",
  "key_folded",
  "status",
  "issue_type",
  "updated_ms",
  "change",
  "first_change",
  "version",
  "undelivered",
  "parent_id",
  "json",
  "search",
];

type Value = string | number | null;

/** Where rows are inserted. */
interface Target {
  readonly resourceId: string;
  begin(): Promise<void> | void;
  insert(row: readonly Value[]): Promise<void> | void;
  commit(): Promise<void> | void;
  count(): Promise<number> | number;
}

if (import.meta.main) {
  const [place = "", file = ""] = Deno.args;
  await prepare(place);
  const target = place.startsWith("postgres:") ? await inPostgres(place) : inSqlite(place);
  serveRuns(async () => {
    await insertAll(target, file);
    return await target.count();
  });
}

/** Creates the tables with all of their indexes, and a resource without issues. */
async function prepare(place: string): Promise<void> {
  const location = place.startsWith("postgres:") ? { databaseUrl: place } : { dataDir: place };
  const { store, ...context } = await openHostData(systemPlatform(), location);
  const at = "2026-01-01T00:00:00Z";
  const issue = {
    ref: { system: "linear", workspace: "bench", id: "issue-0", key: "BEN-0" },
    title: "Made and removed",
    status: "todo",
    issue_type: "task",
    created_at: at,
    updated_at: at,
  };
  await importIssues({ store, ...context }, JSON.stringify(issue), { label: "Bench" });
  await store.run("DELETE FROM issues");
  await store.close();
}

async function insertAll(target: Target, path: string): Promise<void> {
  let change = 0;
  for await (const line of linesOf(path)) {
    if (change % AT_ONCE === 0) await target.begin();
    change++;
    await target.insert(rowOf(JSON.parse(line), target.resourceId, change));
    if (change % AT_ONCE === 0) await target.commit();
  }
  if (change % AT_ONCE !== 0) await target.commit();
}

async function* linesOf(path: string): AsyncGenerator<string> {
  using file = await Deno.open(path);
  let rest = "";
  for await (const part of file.readable.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + part).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
  if (rest !== "") yield rest;
}

/** An issue of the file. */
interface Issue {
  readonly ref: { readonly id: string; readonly key: string };
  readonly title: string;
  readonly body: string;
  readonly status: string;
  readonly issue_type: string;
  readonly updated_at: string;
}

function rowOf(issue: Issue, resourceId: string, change: number): Value[] {
  const { ref, title, body, status, issue_type, updated_at } = issue;
  return [
    resourceId,
    ref.id,
    ref.key.toLowerCase(),
    status,
    issue_type,
    Date.parse(updated_at),
    change,
    change,
    1,
    0,
    null,
    JSON.stringify(issue),
    `${title}\n${body}`.normalize("NFKC").toLowerCase(),
  ];
}

function inSqlite(place: string): Target {
  const database = new DatabaseSync(`${place}/host.db`);
  // As the host keeps its data.
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON");
  const places = COLUMNS.map(() => "?").join(", ");
  const insert = database.prepare(`INSERT INTO issues (${COLUMNS.join(", ")}) VALUES (${places})`);
  return {
    resourceId: String(database.prepare("SELECT id FROM resources").get()?.["id"]),
    begin: () => database.exec("BEGIN IMMEDIATE"),
    insert: (row) => void insert.run(...row),
    commit: () => database.exec("COMMIT"),
    count: () => Number(database.prepare("SELECT COUNT(*) AS n FROM issues").get()?.["n"]),
  };
}

async function inPostgres(url: string): Promise<Target> {
  const { default: pg } = await import("pg");
  const client = new pg.Client(url);
  await client.connect();
  const places = COLUMNS.map((_, index) => `$${index + 1}`).join(", ");
  const text = `INSERT INTO issues (${COLUMNS.join(", ")}) VALUES (${places})`;
  const { rows } = await client.query("SELECT id FROM resources");
  return {
    resourceId: String(rows[0]?.["id"]),
    begin: async () => void await client.query("BEGIN"),
    insert: async (values) =>
      void await client.query({ name: "insert", text, values: [...values] }),
    commit: async () => void await client.query("COMMIT"),
    async count() {
      const counted = await client.query("SELECT COUNT(*) AS n FROM issues");
      return Number(counted.rows[0]?.["n"]);
    },
  };
}
