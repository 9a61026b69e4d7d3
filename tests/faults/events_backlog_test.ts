import assert from "node:assert/strict";
import { EventQueue } from "../../src/events/queue.ts";
import { systemPlatform } from "../../src/platform/system.ts";
import { event } from "../events/event_support.ts";

const UPLOADING = new URL("./events_backlog.ts", import.meta.url).pathname;
const COUNT = 100_000;

Deno.test("100,000 events queued while offline are uploaded within 150 MB", async () => {
  const platform = systemPlatform();
  const home = await platform.files.makeTemporaryDirectory("tracker-backlog-");
  let received = 0;
  const host = await platform.serve({ hostname: "127.0.0.1", port: 0 }, async (request) => {
    const unpacked = request.body?.pipeThrough(new DecompressionStream("gzip")) ?? null;
    const { events }: { events: { event_id: string }[] } = await new Response(unpacked).json();
    received += events.length;
    return Response.json({
      results: events.map(({ event_id }) => ({ event_id, status: "success" })),
    });
  });
  try {
    const path = `${home}/queue.db`;
    await fillUp(path);
    const output = await platform.processes.run({
      command: platform.system.execPath(),
      args: [
        "run",
        "--quiet",
        "--no-check",
        "-A",
        UPLOADING,
        path,
        `http://127.0.0.1:${host.port}/`,
      ],
    });
    const { sent, remaining, peak } = JSON.parse(new TextDecoder().decode(output.stdout));
    assert.deepEqual([sent, remaining, received], [COUNT, 0, COUNT]);
    assert.ok(peak <= 150e6, `${Math.round(peak / 1e6)} MB`);
    console.log(`peak ${Math.round(peak / 1e6)} MB`);
  } finally {
    await host.shutdown();
    await platform.files.remove(home);
  }
});

async function fillUp(path: string): Promise<void> {
  using queue = await EventQueue.open(systemPlatform(), path);
  queue.transact((database) => {
    const insert = database.prepare(
      "INSERT INTO queue (event_id, event_type, data, timestamp) VALUES (?, ?, ?, ?)",
    );
    const entry_content = "what happened, in a sentence or three. ".repeat(6);
    for (let number = 1; number <= COUNT; number++) {
      const payload = { wp_id: "WP01", entry_type: "note", entry_content };
      const made = event(number, { payload, lamport_clock: number });
      insert.run(made.event_id, made.event_type, JSON.stringify(made), number);
    }
  });
}
