import assert from "node:assert/strict";
import { EventQueue } from "../../src/events/queue.ts";
import { uploadEvents } from "../../src/events/upload.ts";
import { systemPlatform } from "../../src/platform/system.ts";
import { faultHost } from "./events_host.ts";

const EMITTING = new URL("./events_emitting.ts", import.meta.url).pathname;
const UPLOADING = new URL("./events_uploading.ts", import.meta.url).pathname;
/** `TRACKER_FAULT_KILLS=100` for the long run. */
const KILLS = Number(Deno.env.get("TRACKER_FAULT_KILLS") ?? 20);

interface Running {
  readonly child: Deno.ChildProcess;
  readonly again: () => Running;
  /** Ids it said were queued. */
  readonly output: Promise<string>;
}

function start(script: string, args: readonly string[]): Running {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-check", "-A", script, ...args],
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  return { child, again: () => start(script, args), output: new Response(child.stdout).text() };
}

async function kill(running: Running): Promise<string[]> {
  running.child.kill("SIGKILL");
  const text = await running.output;
  await running.child.status;
  // A line that the kill has cut is no promise.
  return text.slice(0, text.lastIndexOf("\n") + 1).split("\n").filter((line) => line !== "");
}

Deno.test(`${KILLS} kills of four emitters and two uploaders: the host ends with each event exactly once`, async () => {
  const platform = systemPlatform();
  const home = await platform.files.makeTemporaryDirectory("tracker-faults-");
  const path = `${home}/queue.db`;
  const host = await faultHost(platform);
  const promised: string[] = [];
  let running: Running[] = [];
  try {
    running = [
      ...[1, 2, 3, 4].map(() => start(EMITTING, [path])),
      ...[1, 2].map(() => start(UPLOADING, [path, host.url])),
    ];
    await platform.clock.sleep(600);
    for (let count = 0; count < KILLS; count++) {
      await platform.clock.sleep(platform.random.fraction() * 400);
      const place = Math.floor(platform.random.fraction() * running.length);
      const victim = running[place];
      if (victim === undefined) continue;
      promised.push(...await kill(victim));
      running[place] = victim.again();
    }
    for (const process of running.splice(0)) promised.push(...await kill(process));
    await drain(path, host.url);
  } finally {
    for (const process of running) await kill(process);
    await host.listener.shutdown();
    await platform.files.remove(home);
  }
  const clocks = [...host.taken.values()].map((event) => event.lamport_clock).sort((a, b) => a - b);
  console.log(`${clocks.length} events, ${host.repeats()} sent again, ${promised.length} promised`);
  assert.ok(promised.length > KILLS, "the emitters got to work");
  for (const id of promised) assert.ok(host.taken.has(id), `"${id}" was queued and never arrived`);
  // One node: its clocks are 1, 2, 3 … without a gap (a lost event) or a repetition (a lost tick).
  assert.deepEqual(clocks, clocks.map((_, place) => place + 1));
});

async function drain(path: string, url: string): Promise<void> {
  const platform = systemPlatform();
  using queue = await EventQueue.open(platform, path);
  const result = await uploadEvents({
    platform,
    queue,
    sink: {
      async send(body) {
        const response = await platform.fetch(new Request(url, { method: "POST", body }));
        return { status: response.status, body: await response.json() };
      },
    },
  });
  assert.equal(result.failure, undefined);
  assert.equal(queue.counts().total, 0);
}
