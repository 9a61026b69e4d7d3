/** What programs do at hosts that fail, and what they may count on afterwards. */
import assert from "node:assert/strict";
import { anEvent } from "../server/event.ts";
import { identity } from "../server/support.ts";
import type { Heard, ReplicaClient } from "./replica_client.ts";

/** What the hosts have said that they did. */
export class Ledger {
  /** Titles of issues that were created. */
  readonly created = new Set<string>();
  /** Titles of issues that nobody waited for: each is there once or not at all. */
  readonly abandoned = new Set<string>();
  /** The last title that each issue was given, by the issue's id. */
  readonly titles = new Map<string, string>();
  /** Labels on the issue that everybody edits. */
  readonly labels = new Set<string>();
  /** Texts of comments. */
  readonly comments = new Set<string>();
  /** Ids of events. */
  readonly events = new Set<string>();
  /** The number of the newest event. */
  lastEvent = 0;
  /** References of bindings by the project's slug. */
  readonly bindings = new Map<string, string>();
}

/** The issue that everybody edits. */
export const SHARED = "40";

const TRACKER = "/api/v1/tracker";
const REF = { system: "jira", workspace: "site" };

/** A program at work. */
export interface Worker {
  readonly client: ReplicaClient;
  /** From 1. */
  readonly number: number;
  readonly bindingRef: string;
  readonly ledger: Ledger;
}

/** One thing that a program does, from its first request to its last answer. */
type Step = (worker: Worker, n: number) => Promise<void>;

const STEPS: readonly Step[] = [
  create,
  create,
  createMany,
  abandon,
  rename,
  rename,
  label,
  fullCycle,
  bind,
  rotate,
  sendEvents,
  comment,
];

/** Does the `n`-th thing. */
export async function takeStep(worker: Worker, n: number): Promise<void> {
  await worker.client.chance.pick(STEPS)(worker, n);
}

function project({ bindingRef }: Worker): Record<string, unknown> {
  return { provider: "jira", binding_ref: bindingRef };
}

function newIssue({ number }: Worker, n: number, part = 0) {
  const id = `WP-${number}-${n}-${part}`;
  return { ref: { ...REF, id }, action: "create", patch: { title: `Issue ${id}` } };
}

async function push(worker: Worker, items: readonly unknown[], headers = {}): Promise<Heard> {
  const heard = await worker.client.write(
    `${TRACKER}/push/`,
    { ...project(worker), items },
    headers,
  );
  assert.equal(heard.status, 200, JSON.stringify(heard.body));
  return heard;
}

/** What became of the items of a push. */
function outcomes({ body }: Heard): string[] {
  return body.items.map(({ outcome }: { outcome: string }) => outcome);
}

async function create(worker: Worker, n: number): Promise<void> {
  const count = 1 + worker.client.chance.below(4);
  const items = Array.from({ length: count }, (_, part) => newIssue(worker, n, part));
  const headers = worker.client.chance.once(3) ? { prefer: "respond-async" } : {};
  const heard = await push(worker, items, headers);
  assert.deepEqual(outcomes(heard), items.map(() => "created"), JSON.stringify(heard.body));
  for (const { patch } of items) worker.ledger.created.add(patch.title);
}

/** More than is done while the caller waits. */
async function createMany(worker: Worker, n: number): Promise<void> {
  if (!worker.client.chance.once(4)) return await create(worker, n);
  const items = Array.from({ length: 550 }, (_, part) => newIssue(worker, n, part));
  const heard = await push(worker, items);
  assert.deepEqual(new Set(outcomes(heard)), new Set(["created"]), JSON.stringify(heard.body));
  for (const { patch } of items) worker.ledger.created.add(patch.title);
}

/** A program that is not there any more when it is answered. */
async function abandon(worker: Worker, n: number): Promise<void> {
  const item = newIssue(worker, n);
  worker.ledger.abandoned.add(item.patch.title);
  const body = { ...project(worker), items: [item] };
  const headers = { "idempotency-key": worker.client.key() };
  await worker.client.askOnce({ method: "POST", path: `${TRACKER}/push/`, body, headers });
}

async function rename(worker: Worker, n: number): Promise<void> {
  const id = String(worker.number);
  const title = `Title ${worker.number}-${n}`;
  const heard = await push(worker, [{ ref: { ...REF, id }, action: "update", patch: { title } }]);
  assert.deepEqual(outcomes(heard), ["updated"], JSON.stringify(heard.body));
  worker.ledger.titles.set(id, title);
}

async function label(worker: Worker, n: number): Promise<void> {
  const name = `label-${worker.number}-${n}`;
  const item = { ref: { ...REF, id: SHARED }, action: "update", patch: { labels_add: [name] } };
  const heard = await push(worker, [item]);
  assert.deepEqual(outcomes(heard), ["updated"], JSON.stringify(heard.body));
  worker.ledger.labels.add(name);
}

async function fullCycle(worker: Worker): Promise<void> {
  const body = { ...project(worker), pull_first: worker.client.chance.once(2), limit: 20 };
  const headers = worker.client.chance.once(2) ? { prefer: "respond-async" } : {};
  const heard = await worker.client.write(`${TRACKER}/run/`, body, headers);
  assert.equal(heard.status, 200, JSON.stringify(heard.body));
}

async function bind(worker: Worker, n: number): Promise<void> {
  const slug = `project-${worker.number}-${n}`;
  const path = `${TRACKER}/resources/?provider=jira`;
  const { body: { resources } } = await worker.client.ask({ method: "GET", path });
  const { candidate_token } = worker.client.chance.pick<Record<string, string>>(resources);
  const body = { provider: "jira", candidate_token, project_identity: identity(slug) };
  const heard = await worker.client.write(`${TRACKER}/bind-confirm/`, body);
  if (heard.status === 200) worker.ledger.bindings.set(slug, heard.body.binding_ref);
  else assert.equal(heard.body.error_code, "already_bound", JSON.stringify(heard.body));
}

async function rotate(worker: Worker): Promise<void> {
  await worker.client.rotate();
}

async function sendEvents(worker: Worker): Promise<void> {
  const events = Array.from(
    { length: 1 + worker.client.chance.below(20) },
    () => anEvent(++worker.ledger.lastEvent, { team_slug: "red" }),
  );
  const path = "/api/v1/events/batch/";
  const heard = await worker.client.ask({ method: "POST", path, body: { events } });
  assert.equal(heard.status, 200, JSON.stringify(heard.body));
  for (const { event_id, status } of heard.body.results) {
    assert.ok(["success", "duplicate"].includes(status), JSON.stringify(heard.body));
    worker.ledger.events.add(event_id);
  }
}

async function comment(worker: Worker, n: number): Promise<void> {
  const body = `Comment ${worker.number}-${n}`;
  const heard = await worker.client.write(`${TRACKER}/comments/add/`, {
    ...project(worker),
    external_issue_id: SHARED,
    body,
  });
  assert.equal(heard.status, 200, JSON.stringify(heard.body));
  worker.ledger.comments.add(body);
}
