import assert from "node:assert/strict";
import * as v from "valibot";
import { flushEvents } from "../../src/events/flush.ts";
import { moveUnscopedEvents } from "../../src/events/move_over.ts";
import { queueOwner } from "../../src/events/open.ts";
import { EventQueue } from "../../src/events/queue.ts";
import { DEMO } from "../../src/server/dev/account.ts";
import { startHost } from "../../src/server/serve.ts";
import { systemPlatform } from "../../src/platform/system.ts";
import { event } from "../events/event_support.ts";
import { machine } from "./events_setup.ts";

/** How often a process is killed; `TRACKER_FAULT_KILLS` changes it. */
const KILLS = Number(Deno.env.get("TRACKER_FAULT_KILLS") ?? 100);

const TakenSchema = v.object({ event_id: v.string(), lamport_clock: v.number() });
const TokenSchema = v.object({ access: v.string() });

interface Running {
  readonly child: Deno.ChildProcess;
  readonly again: () => Running;
  /** Resolves once it has said something, or has ended. */
  readonly atWork: Promise<void>;
  /** Ids it said were queued. */
  readonly output: Promise<string>;
}

function start(script: string, args: readonly string[], env: Record<string, string>): Running {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-check", "-A", scriptPath(script), ...args],
    env,
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const atWork = Promise.withResolvers<void>();
  return {
    child,
    again: () => start(script, args, env),
    atWork: atWork.promise,
    output: textOf(child.stdout, () => atWork.resolve()),
  };
}

/** Reads to the end, and tells when the first part has come, or the end. */
async function textOf(stream: Deno.ChildProcess["stdout"], begun: () => void): Promise<string> {
  let text = "";
  for await (const part of stream.pipeThrough(new TextDecoderStream())) {
    text += part;
    begun();
  }
  begun();
  return text;
}

function scriptPath(name: string): string {
  return new URL(`./${name}`, import.meta.url).pathname;
}

async function kill(running: Running): Promise<string[]> {
  try {
    running.child.kill("SIGKILL");
  } catch (error) {
    // One that has done its work is beyond killing.
    if (!(error instanceof TypeError)) throw error;
  }
  const text = await running.output;
  await running.child.status;
  // A line that the kill has cut is no promise.
  return text.slice(0, text.lastIndexOf("\n") + 1).split("\n").filter((line) => line !== "");
}

async function signIn(url: string): Promise<string> {
  const response = await fetch(`${url}/api/v1/token/`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ username: DEMO.username, password: DEMO.password }),
  });
  return v.parse(TokenSchema, await response.json()).access;
}

Deno.test(`${KILLS} kills of four emitters and two uploaders: the host ends with each event exactly once`, async () => {
  const system = systemPlatform();
  const home = await system.files.makeTemporaryDirectory("tracker-faults-");
  const host = await startHost({ platform: system, dev: true });
  const env = {
    SPEC_KITTY_HOME: home,
    SPEC_KITTY_ENABLE_SAAS_SYNC: "1",
    SPEC_KITTY_SAAS_URL: host.url,
    TRACKER_TOKEN: await signIn(host.url),
    TRACKER_TEAM: DEMO.team,
  };
  const platform = machine(env);
  const { path } = await queueOwner(platform);
  const promised: string[] = [];
  let running: Running[] = [];
  let taken: v.InferOutput<typeof TakenSchema>[];
  try {
    const emitting = [1, 2, 3, 4].map(() => start("events_emitting.ts", [path], env));
    running = [...emitting, ...[1, 2].map(() => start("events_uploading.ts", [], env))];
    // On a slow machine a process may be killed before it has begun, as often as that is: each of the first emits.
    await Promise.all(emitting.map(({ atWork }) => atWork));
    for (let count = 0; count < KILLS; count++) {
      await system.clock.sleep(system.random.fraction() * 400);
      const place = Math.floor(system.random.fraction() * running.length);
      const victim = running[place];
      if (victim === undefined) continue;
      promised.push(...await kill(victim));
      running[place] = victim.again();
    }
    for (const process of running.splice(0)) promised.push(...await kill(process));
    const last = await flushEvents({ platform, version: "0" });
    assert.deepEqual([last.remaining, last.rejected, last.failure], [0, 0, undefined]);
    using queue = await EventQueue.open(platform, path);
    assert.equal(queue.counts().total, 0);
    taken = (await host.context.store.all("SELECT json FROM events ORDER BY lamport_clock")).map((
      row,
    ) => v.parse(TakenSchema, JSON.parse(String(row["json"]))));
  } finally {
    for (const process of running) await kill(process);
    await host.stop();
    await system.files.remove(home);
  }
  console.log(`${taken.length} events at the host, ${promised.length} promised`);
  assert.ok(promised.length >= 4, "the emitters got to work");
  const ids = new Set(taken.map(({ event_id }) => event_id));
  assert.equal(ids.size, taken.length);
  for (const id of promised) assert.ok(ids.has(id), `"${id}" was queued and never arrived`);
  // One node: its clocks are 1, 2, 3 … without a gap (a lost event) or a repetition (a lost tick).
  const clocks = taken.map(({ lamport_clock }) => lamport_clock);
  assert.deepEqual(clocks, clocks.map((_, place) => place + 1));
});

Deno.test("a move-over that is killed again and again loses and doubles nothing", async () => {
  const platform = systemPlatform();
  const home = await platform.files.makeTemporaryDirectory("tracker-faults-");
  const [from, to] = [`${home}/queue.db`, `${home}/queue-1.db`];
  const COUNT = 50_000;
  try {
    {
      using source = await EventQueue.open(platform, from);
      source.transact((database) => {
        const insert = database.prepare(
          "INSERT INTO queue (event_id, event_type, data, timestamp) VALUES (?, ?, ?, ?)",
        );
        for (let n = 1; n <= COUNT; n++) {
          const made = event(n, { lamport_clock: n });
          insert.run(made.event_id, made.event_type, JSON.stringify(made), n);
        }
      });
    }
    for (let turn = 0; turn < Math.min(KILLS, 10); turn++) {
      const moving = start("events_moving.ts", [from, to], {});
      await platform.clock.sleep(70 + platform.random.fraction() * 80);
      await kill(moving);
    }
    using target = await EventQueue.open(platform, to);
    const done = target.counts().total;
    await moveUnscopedEvents(platform, from, target);
    console.log(`${done} of ${COUNT} moved by the killed ones`);
    const clocks = [...target.list()].map(({ data }) => JSON.parse(data).lamport_clock);
    assert.equal(clocks.length, COUNT);
    assert.ok(clocks.every((clock, place) => place === 0 || clock > clocks[place - 1]));
    using source = await EventQueue.open(platform, from);
    assert.equal(source.counts().total, 0);
  } finally {
    await platform.files.remove(home);
  }
});
