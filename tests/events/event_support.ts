import type { EventEnvelope } from "../../src/contract/events.ts";
import type { Platform } from "../../src/platform/platform.ts";
import { type EventContext, EventEmitter } from "../../src/events/emitter.ts";
import { EventQueue } from "../../src/events/queue.ts";
import type { BatchAnswer, EventSink } from "../../src/events/upload.ts";

/** Where tests put their queue. */
export function queuePath(platform: { readonly home: string }, name = "queue.db"): string {
  return `${platform.home}/${name}`;
}

export const CONTEXT: EventContext = {
  nodeId: "a1b2c3d4e5f6",
  projectUuid: "550e8400-e29b-41d4-a716-446655440000",
  projectSlug: "demo",
  repoSlug: "acme/demo",
  teamSlug: "acme",
  gitBranch: "main",
  headCommitSha: "0cf3f906f4f979a000cf04c78688a397d69b6a37",
};

/** An emitter on a queue file of its own connection, and what it warned of. */
export function emitterOn(
  platform: Platform,
  path: string,
  change: { context?: Partial<EventContext>; maxQueueSize?: number } = {},
): { emitter: EventEmitter; warnings: string[] } {
  const warnings: string[] = [];
  const emitter = new EventEmitter({
    platform,
    queue: () => EventQueue.open(platform, path),
    context: () => Promise.resolve({ ...CONTEXT, ...change.context }),
    maxQueueSize: () => Promise.resolve(change.maxQueueSize ?? 100_000),
    warn: (message) => warnings.push(message),
  });
  return { emitter, warnings };
}

/** An envelope with a number in its id. */
export function event(number: number, change: Partial<EventEnvelope> = {}): EventEnvelope {
  return {
    event_id: `01J${String(number).padStart(23, "0")}`,
    event_type: "HistoryAdded",
    aggregate_id: "WP01",
    aggregate_type: "WorkPackage",
    payload: { wp_id: "WP01", entry_type: "note", entry_content: `note ${number}` },
    timestamp: "2026-03-01T12:00:00.000Z",
    node_id: CONTEXT.nodeId,
    lamport_clock: 0,
    causation_id: null,
    team_slug: "acme",
    project_uuid: CONTEXT.projectUuid,
    project_slug: "demo",
    git_branch: null,
    head_commit_sha: null,
    repo_slug: null,
    ...change,
  };
}

/** Queues events with the numbers given. */
export function fill(queue: EventQueue, numbers: readonly number[]): void {
  for (const number of numbers) {
    queue.append(CONTEXT.nodeId, (lamport_clock) => event(number, { lamport_clock }));
  }
}

/** The ids of all events in the queue, in order. */
export function idsIn(queue: EventQueue): string[] {
  return [...queue.list()].map((entry) => entry.eventId);
}

/** A body that was sent. */
export interface SentBatch {
  readonly events: readonly EventEnvelope[];
  /** Bytes of JSON. */
  readonly bytes: number;
}

/** A sink that unpacks each batch and answers by `judge`. */
export function sinkOf(
  judge: (batch: SentBatch, number: number) => BatchAnswer | Promise<BatchAnswer>,
): EventSink & { readonly batches: SentBatch[] } {
  const batches: SentBatch[] = [];
  return {
    batches,
    async send(gzip) {
      const text = await gunzip(gzip);
      const { events } = JSON.parse(text);
      const batch = { events, bytes: new TextEncoder().encode(text).length };
      batches.push(batch);
      return await judge(batch, batches.length);
    },
  };
}

/** 200 with the same status for every event. */
export function allAre(
  batch: SentBatch,
  status: "success" | "duplicate" | "rejected",
): BatchAnswer {
  return {
    status: 200,
    body: { results: batch.events.map(({ event_id }) => ({ event_id, status })) },
  };
}

/** Unpacks a gzipped text. */
export function gunzip(gzip: Uint8Array<ArrayBuffer>): Promise<string> {
  return new Response(new Blob([gzip]).stream().pipeThrough(new DecompressionStream("gzip")))
    .text();
}

/** A queue with the numbered events in it. */
export async function queueOf(
  platform: Platform & { readonly home: string },
  numbers: readonly number[],
): Promise<EventQueue> {
  const queue = await EventQueue.open(platform, queuePath(platform));
  fill(queue, numbers);
  return queue;
}

/** The numbers from 1 to `count`. */
export function range(count: number): number[] {
  return Array.from({ length: count }, (_, place) => place + 1);
}

/** The ids of the numbered events. */
export function ids(...numbers: number[]): string[] {
  return numbers.map((number) => event(number).event_id);
}
