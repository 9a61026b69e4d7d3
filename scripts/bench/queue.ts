import { DatabaseSync } from "node:sqlite";
import { emitHistoryAdded } from "../../src/events/emit.ts";
import { uploadEvents } from "../../src/events/upload.ts";
import { EventQueue } from "../../src/events/queue.ts";
import { QUEUE_MIGRATIONS } from "../../src/events/queue_schema.ts";
import type { Bench } from "./bench.ts";
import { peakOf, startProgram } from "./programs/child.ts";
import { type HostCalls, signIn } from "./programs/host_process.ts";
import { envelope, eventOf, fillQueue, queueHome } from "./programs/queue_home.ts";
import { hostSink } from "./programs/upload.ts";

const EMITTED = 1_000;
const QUEUED = 100_000;
const BATCH = 1_000;

/** How long emitting takes next to raw inserts, and uploading next to a bare loop. */
export const bench: Bench = {
  name: "queue",
  what: `${EMITTED} events emitted, ${QUEUED} uploaded to the embedded host, ` +
    "as ratios to raw inserts and a bare loop",
  rounds: 3,
  async prepare() {
    const base = await Deno.makeTempDir({ prefix: "tracker-bench-queue-" });
    const home = await queueHome(`${base}/home`);
    const emitter = home.emitter();
    const raw = rawQueue(`${base}/raw.db`, { hasClock: false });
    const ticking = rawQueue(`${base}/ticking.db`, { hasClock: true });
    const server = await startProgram("host_server.ts", [`${base}/host`]);
    const calls = await signIn(server.line);
    const full = `${base}/full.db`;
    await fillQueue(home.platform, full, QUEUED);
    const queued = `${base}/queued.db`;
    const refill = async () => {
      for (const left of ["", "-wal", "-shm"]) {
        await Deno.remove(`${queued}${left}`).catch(() => {});
      }
      await Deno.copyFile(full, queued);
    };
    await refill();
    // The host has the events from here on, so that the same is asked of it in every round.
    const peak = await peakOf("upload.ts", [queued, calls.url, calls.token]);
    return {
      baseline: { name: "raw inserts", run: () => raw.insert(EMITTED) },
      cases: [
        { name: "raw inserts with a clock", run: () => ticking.insert(EMITTED) },
        {
          name: "emit",
          // The goal is 1.5, which a busy disk does not let every run meet (docs/scale.md).
          limit: 2,
          async run() {
            for (let i = 0; i < EMITTED; i++) {
              const { kind } = await emitHistoryAdded(emitter, eventOf(i));
              if (kind !== "queued") throw new Error(`An event was ${kind}`);
            }
          },
        },
        {
          name: "bare upload",
          of: "bare upload",
          before: () => refill(),
          run: () => bareUpload(queued, calls),
        },
        {
          name: "upload",
          of: "bare upload",
          limit: 1.3,
          before: () => refill(),
          async run() {
            const queue = await EventQueue.open(home.platform, queued);
            const sink = await hostSink(home.platform, calls.url, calls.token);
            const { duplicates, failure } = await uploadEvents({
              platform: home.platform,
              queue,
              sink,
            });
            queue.close();
            if (duplicates !== QUEUED) {
              throw new Error(`Only ${duplicates} were taken: ${failure?.message}`);
            }
          },
        },
      ],
      figures: () => [{ name: `peak uploading ${QUEUED}`, value: peak, unit: "MB", limit: 150 }],
      async clean() {
        await emitter.close();
        raw.close();
        ticking.close();
        await server.stop();
        await Deno.remove(base, { recursive: true });
      },
    };
  },
};

/** A queue without any rules, as durable as ours: the same rows, columns and indexes, one transaction each. */
function rawQueue(
  path: string,
  { hasClock }: { readonly hasClock: boolean },
): { insert(count: number): void; close(): void } {
  const database = new DatabaseSync(path);
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
  for (const statements of QUEUE_MIGRATIONS) database.exec(statements);
  database.exec("CREATE TABLE clocks (node_id TEXT PRIMARY KEY, lamport INTEGER)");
  database.exec("INSERT INTO clocks (node_id, lamport) VALUES ('a node', 0)");
  const insert = database.prepare(
    "INSERT INTO queue (event_id, event_type, data, timestamp) VALUES (?, ?, ?, ?)",
  );
  const tick = hasClock ? database.prepare("UPDATE clocks SET lamport = lamport + 1") : null;
  let next = 0;
  return {
    insert(count) {
      const rows = Array.from({ length: count }, () => {
        const event = envelope(next++);
        return { id: event.event_id, type: event.event_type, data: JSON.stringify(event) };
      });
      for (const { id, type, data } of rows) {
        database.exec("BEGIN IMMEDIATE");
        tick?.run();
        insert.run(id, type, data, Math.floor(Date.now() / 1000));
        database.exec("COMMIT");
      }
    },
    close: () => database.close(),
  };
}

/** The same batches: read, gzipped in one go, posted. It removes nothing, so that it could be repeated for ever. */
async function bareUpload(path: string, { url, headers }: HostCalls): Promise<void> {
  const database = new DatabaseSync(path);
  const read = database.prepare("SELECT id, data FROM queue WHERE id > ? ORDER BY id LIMIT ?");
  let after = 0;
  let sent = 0;
  for (;;) {
    const rows = read.all(after, BATCH);
    if (rows.length === 0) break;
    const json = `{"events":[${rows.map(({ data }) => data).join()}]}`;
    const packed = new Blob([json]).stream().pipeThrough(new CompressionStream("gzip"));
    const answer = await fetch(`${url}/api/v1/events/batch/`, {
      method: "POST",
      headers: { ...headers, "content-type": "application/json", "content-encoding": "gzip" },
      body: await new Response(packed).arrayBuffer(),
    });
    const { results } = await answer.json();
    sent += results.length;
    after = Number(rows.at(-1)?.["id"]);
  }
  database.close();
  if (sent !== QUEUED) throw new Error(`Only ${sent} were sent`);
}
