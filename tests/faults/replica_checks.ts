/** Whether a database holds what its hosts have said. */
import assert from "node:assert/strict";
import { systemClock } from "../../src/platform/clock.ts";
import { NOTIFY } from "../../src/server/store/postgres_statements.ts";
import { JOBS_CHANNEL } from "../../src/server/jobs/queue.ts";
import { connect } from "../support/postgres.ts";
import type { Reading } from "./replica_reader.ts";
import { type Ledger, SHARED } from "./replica_work.ts";

/** Milliseconds that work may continue once nothing fails any more. */
const CALM_MS = 120_000;

type Query = (sql: string) => Promise<ReturnType<typeof JSON.parse>[]>;

/** Waits for the work that continues after its answers; none may stay open or fail. */
export async function workEnds(databaseUrl: string): Promise<void> {
  const client = await connect(databaseUrl);
  try {
    await operationsEnd(async (sql) => (await client.query(sql)).rows);
  } finally {
    await client.end();
  }
}

/** Looks at the database when all is calm. */
export async function checkDatabase(
  databaseUrl: string,
  ledger: Ledger,
  reading: Reading,
): Promise<void> {
  const client = await connect(databaseUrl);
  const query: Query = async (sql) => (await client.query(sql)).rows;
  try {
    await checkIssues(query, ledger, reading);
    await checkRest(query, ledger);
  } finally {
    await client.end();
  }
}

/** Why jobs have failed. */
export async function failedJobs(databaseUrl: string): Promise<unknown[]> {
  const client = await connect(databaseUrl);
  try {
    const sql = "SELECT kind, key, attempt, error FROM jobs WHERE state = 'failed'";
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

async function operationsEnd(query: Query): Promise<void> {
  const clock = systemClock();
  const since = clock.monotonic();
  const open = async () => [
    ...await query("SELECT id, state FROM operations WHERE state IN ('pending', 'running')"),
    ...await query("SELECT key, attempt FROM jobs WHERE state = 'open' AND kind = 'operation'"),
  ];
  // Whatever a host that was killed still holds is free now, and not only in 15 s.
  await query("UPDATE jobs SET lease_until = 0 WHERE lease_owner IS NOT NULL");
  await query(NOTIFY.replace("?", `'${JOBS_CHANNEL}'`));
  while ((await open()).length > 0 && clock.monotonic() - since < CALM_MS) await clock.sleep(100);
  assert.deepEqual(await open(), [], "operations stay open");
  assert.deepEqual(await query("SELECT id, error FROM operations WHERE state = 'failed'"), []);
  assert.deepEqual(await query("SELECT kind, key, error FROM jobs WHERE state = 'failed'"), []);
}

async function checkIssues(query: Query, ledger: Ledger, reading: Reading): Promise<void> {
  const rows = await query(
    `SELECT i.external_id, i.change, i.version, i.json, r.last_change FROM issues i
     JOIN resources r ON r.id = i.resource_id WHERE r.label = 'Web' ORDER BY i.change`,
  );
  const issues = rows.map((row) => ({ ...row, ...JSON.parse(row.json) }));
  const titles = counted(issues.map(({ title }) => title));
  for (const title of ledger.created) assert.equal(titles.get(title), 1, `"${title}"`);
  for (const title of ledger.abandoned) assert.ok((titles.get(title) ?? 0) <= 1, `"${title}"`);
  const known = new Set([...ledger.created, ...ledger.abandoned]);
  for (const title of titles.keys()) {
    assert.ok(!title.startsWith("Issue WP-") || known.has(title), `nobody made "${title}"`);
  }
  const byId = new Map(issues.map((issue) => [issue.ref.id, issue]));
  for (const [id, title] of ledger.titles) assert.equal(byId.get(id)?.title, title, id);
  const labels: string[] = byId.get(SHARED)?.labels ?? [];
  const given = labels.filter((label) => label.startsWith("label-"));
  assert.deepEqual(given.toSorted(), [...ledger.labels].toSorted());
  // Each change has a number of its own, and none is beyond the last.
  const changes = issues.map(({ change }) => Number(change));
  assert.equal(new Set(changes).size, changes.length);
  assert.ok(Math.max(...changes) <= Number(issues[0]?.last_change));
  const keys = counted(issues.map(({ ref }) => ref.key));
  assert.deepEqual([...keys].filter(([, count]) => count > 1), []);
  // Who follows by cursor has met all of them, and the newest of each.
  const read = [...reading.issues].map(([id, { title, version }]) => [id, title, String(version)]);
  const held = issues.map(({ ref, title, version }) => [ref.id, title, String(version)]);
  assert.deepEqual(read.toSorted(byFirst), held.toSorted(byFirst));
}

async function checkRest(query: Query, ledger: Ledger): Promise<void> {
  const events = await query("SELECT event_id FROM events ORDER BY event_id");
  assert.deepEqual(events.map(({ event_id }) => event_id), [...ledger.events].toSorted());
  const comments = await query("SELECT body FROM comments");
  assert.deepEqual(
    comments.map(({ body }) => body).toSorted(),
    [...ledger.comments].toSorted(),
  );
  const mappings = await query("SELECT binding_ref, resource_id, project_slug FROM mappings");
  const refs = new Map(mappings.map((row) => [row.project_slug, row.binding_ref]));
  assert.equal(refs.size, mappings.length, "a project is bound twice");
  for (const [slug, ref] of ledger.bindings) assert.equal(refs.get(slug), ref, slug);
  assert.equal(new Set(mappings.map((row) => row.resource_id)).size, mappings.length);
}

function counted(values: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

function byFirst([one = ""]: readonly string[], [other = ""]: readonly string[]): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
