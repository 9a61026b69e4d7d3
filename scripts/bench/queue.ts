import { DatabaseSync } from "node:sqlite";
import { emitHistoryAdded } from "../../src/events/emit.ts";
import { uploadEvents } from "../../src/events/upload.ts";
import { EventQueue } from "../../src/events/queue.ts";
import type { Bench } from "./bench.ts";
import { peakOf, startProgram } from "./programs/child.ts";
import { type HostCalls, signIn } from "./programs/host_process.ts";
import { eventOf, fillQueue, queueHome } from "./programs/queue_home.ts";
import { hostSink } from "./programs/upload.ts";

const EMITTED = 300;
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
    const raw = rawQueue(`${base}/raw.db`);
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
        {
          name: "emit",
          limit: 3,
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
          limit: 2,
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
        await server.stop();
        await Deno.remove(base, { recursive: true });
      },
    };
  },
};

/** A queue without any rules, as durable as ours. */
function rawQueue(path: string): { insert(count: number): void; close(): void } {
  const database = new DatabaseSync(path);
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
  database.exec(
    `CREATE TABLE queue (id INTEGER PRIMARY KEY AUTOINCREMENT, event_id TEXT UNIQUE NOT NULL,
      event_type TEXT NOT NULL, data TEXT NOT NULL, timestamp INTEGER NOT NULL) STRICT`,
  );
  const insert = database.prepare(
    "INSERT INTO queue (event_id, event_type, data, timestamp) VALUES (?, ?, ?, ?)",
  );
  const data = JSON.stringify({ ...eventOf(0), filler: "x".repeat(450) });
  return {
    insert(count) {
      for (let i = 0; i < count; i++) {
        database.exec("BEGIN IMMEDIATE");
        insert.run(crypto.randomUUID(), "HistoryAdded", data, Math.floor(Date.now() / 1000));
        database.exec("COMMIT");
      }
    },
    close: () => database.close(),
  };
}

/** The same batches: read, gzipped in one go, posted. */
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
