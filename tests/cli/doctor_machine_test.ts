import assert from "node:assert/strict";
import { VERSION } from "../../src/cli/version.ts";
import { runDaemon } from "../../src/daemon/run.ts";
import { EventQueue } from "../../src/events/queue.ts";
import { queueOwner } from "../../src/events/open.ts";
import { event } from "../events/event_support.ts";
import { withWorld, type World } from "../support/world.ts";
import {
  assertGreen,
  doctor,
  doctorProcess,
  follow,
  machineOf,
  onlyAlarm,
  withHealthyWorld,
} from "./doctor_support.ts";
import { treeOf } from "./tree.ts";

const MINUTE = 60_000;
const DAY = 86_400_000;

Deno.test("old events in the queue are one warning until they are flushed; fresh ones are none", () =>
  withHealthyWorld(async (world) => {
    const uuid = /uuid: (\S+)/.exec(await world.config() ?? "")?.[1] ?? "";
    await queueEvents(world, uuid, Date.now() - MINUTE, [1]);
    const fresh = await doctor(world);
    assertGreen(fresh);
    assert.match(messageOf(fresh.lines, "queue"), /^1 event queued, oldest 1 minute$/);
    await queueEvents(world, uuid, Date.now() - 3 * DAY, [2, 3]);
    const before = await treeOf(world.home, true);
    const alarm = onlyAlarm(await doctor(world), "queue", "warning");
    assert.equal(alarm.message, "3 events queued, oldest 3 days");
    assert.deepEqual(await treeOf(world.home, true), before);
    await follow(world, alarm);
    assertGreen(await doctor(world));
  }));

Deno.test("a daemon of another version is one warning, and stopping it fixes it", () =>
  withHealthyWorld(async (world) => {
    const ready = Promise.withResolvers<void>();
    const ended = runDaemon({
      platform: machineOf(world),
      version: "0.0.1",
      cycle: () => Promise.resolve({ kind: "idle" }),
      onReady: () => ready.resolve(),
    });
    await ready.promise;
    const alarm = onlyAlarm(await doctor(world), "daemon", "warning");
    assert.match(alarm.message, new RegExp(`version 0\\.0\\.1, not ${VERSION}`));
    await follow(world, alarm);
    await ended;
    assertGreen(await doctor(world));
  }));

Deno.test("a daemon of this version is fine, one that is gone is not an alarm, and no token is shown", () =>
  withHealthyWorld(async (world) => {
    const ready = Promise.withResolvers<string>();
    const ended = runDaemon({
      platform: machineOf(world),
      version: VERSION,
      cycle: () => Promise.resolve({ kind: "idle" }),
      onReady: (state) => ready.resolve(state.token),
    });
    const token = await ready.promise;
    const path = `${world.home}/.spec-kitty/tracker/daemon.json`;
    const state = await Deno.readTextFile(path);
    const running = await doctor(world);
    assertGreen(running);
    assert.match(messageOf(running.lines, "daemon"), /runs \(pid \d+\)/);
    assert.ok(!JSON.stringify(running).includes(token));
    assert.equal((await world.here(["daemon", "stop"])).code, 0);
    await ended;
    await Deno.writeTextFile(path, state);
    const left = await doctor(world);
    assertGreen(left);
    assert.match(messageOf(left.lines, "daemon"), /not running/);
    assert.equal(await Deno.readTextFile(path), state);
  }));

Deno.test("a missing bd is one failure for a project bound to beads only, and naming its command fixes it", () =>
  withWorld(async (world) => {
    const env = { SPEC_KITTY_ENABLE_SAAS_SYNC: "", PATH: `${world.home}/bin` };
    await Deno.mkdir(env.PATH);
    assertGreen(await doctorProcess(world, env));
    await world.writeConfig("tracker:\n  provider: beads\n  workspace: main\n");
    const alarm = onlyAlarm(await doctorProcess(world, env), "bd", "failed");
    assert.match(alarm.next_action ?? "", /--credential command=PATH/);
    const command = `${env.PATH}/beads-tool`;
    await Deno.writeTextFile(command, "#!/bin/sh\necho 'bd version 1.2.3'\n", { mode: 0o755 });
    await Deno.writeTextFile(
      `${world.home}/.spec-kitty/credentials`,
      `[tracker.providers.beads]\ncommand = "${command}"\n`,
      { mode: 0o600 },
    );
    const found = await doctorProcess(world, env);
    assertGreen(found);
    assert.match(messageOf(found.lines, "bd"), /beads-tool found \(bd version 1\.2\.3\)/);
    await Deno.remove(`${world.home}/.spec-kitty/credentials`);
    await Deno.rename(command, `${env.PATH}/bd`);
    assertGreen(await doctorProcess(world, env));
  }));

Deno.test("a tool that cannot be run is a warning where the binding needs it, and only there", () =>
  withWorld(async (world) => {
    const env = { SPEC_KITTY_ENABLE_SAAS_SYNC: "", PATH: `${world.home}/bin` };
    await Deno.mkdir(env.PATH);
    await Deno.writeTextFile(`${env.PATH}/bd`, "no program\n", { mode: 0o755 });
    assertGreen(await doctorProcess(world, env));
    await world.writeConfig("tracker:\n  provider: beads\n  workspace: main\n");
    const report = await doctorProcess(world, env);
    // A shell may take any text for a script; then the tool counts as found.
    if (report.alarms.length > 0) onlyAlarm(report, "bd", "warning");
    await Deno.chmod(`${env.PATH}/bd`, 0o644);
    const alarm = (await doctorProcess(world, env)).alarms[0];
    assert.equal(alarm?.check, "bd");
    await Deno.writeTextFile(`${env.PATH}/bd`, "#!/bin/sh\n");
    await Deno.chmod(`${env.PATH}/bd`, 0o755);
    assertGreen(await doctorProcess(world, env));
  }));

Deno.test("parked events are one warning until they are retried and flushed", () =>
  withHealthyWorld(async (world) => {
    const uuid = /uuid: (\S+)/.exec(await world.config() ?? "")?.[1] ?? "";
    await queueEvents(world, uuid, Date.now() - 3 * DAY, [1]);
    const platform = machineOf(world);
    {
      using queue = await EventQueue.open(platform, (await queueOwner(platform)).path);
      const [entry] = [...queue.list()];
      const rejected = [{ eventId: entry?.eventId ?? "", reason: "no" }];
      for (let times = 0; times < 10; times++) queue.settle({ accepted: [], rejected });
    }
    const alarm = onlyAlarm(await doctor(world), "parked events", "warning");
    assert.match(alarm.message, /^1 event parked/);
    await follow(world, alarm);
    await follow(world, onlyAlarm(await doctor(world), "queue", "warning"));
    assertGreen(await doctor(world));
  }));

Deno.test("a cache of a newer version is a failure that asks for an update, not for moving it away", () =>
  withHealthyWorld(async (world) => {
    const directory = `${world.home}/.spec-kitty/tracker/trackers`;
    const [name] = [...Deno.readDirSync(directory)].map((entry) => entry.name)
      .filter((file) => file.endsWith(".db"));
    const database = await machineOf(world).openDatabase(`${directory}/${name}`);
    database.exec("PRAGMA user_version = 999");
    database.close();
    const alarm = onlyAlarm(await doctor(world), "issue caches", "failed");
    assert.equal(alarm.next_action, "Update tracker.");
  }));

Deno.test("a project that is bound to a local tool needs no sign-in", () =>
  withWorld(async (world) => {
    const env: Record<string, string> = { PATH: `${world.home}/bin` };
    await Deno.mkdir(`${world.home}/bin`);
    await Deno.writeTextFile(`${env["PATH"]}/bd`, "#!/bin/sh\n", { mode: 0o755 });
    await world.writeConfig("tracker:\n  provider: beads\n  workspace: main\n");
    const signedOut = await doctorProcess(world, env);
    assertGreen(signedOut);
    assert.match(messageOf(signedOut.lines, "session"), /not needed for this project/);
    env["SPEC_KITTY_SAAS_URL"] = "";
    const noHost = await doctorProcess(world, env);
    assertGreen(noHost);
    assert.match(messageOf(noHost.lines, "host"), /not needed for this project/);
  }));

Deno.test("a directory of the tool that is gone is one failure", () =>
  withWorld(async (world) => {
    const env = { SPEC_KITTY_ENABLE_SAAS_SYNC: "", PATH: `${world.home}/bin` };
    await Deno.mkdir(env.PATH);
    await Deno.writeTextFile(`${env.PATH}/bd`, "#!/bin/sh\n", { mode: 0o755 });
    await world.writeConfig("tracker:\n  provider: beads\n  workspace: main\n");
    await Deno.writeTextFile(
      `${world.home}/.spec-kitty/credentials`,
      `[tracker.providers.beads.projects.${
        JSON.stringify(world.project)
      }]\ncwd = "${world.home}/gone"\n`,
      { mode: 0o600 },
    );
    const alarm = onlyAlarm(await doctorProcess(world, env), "bd", "failed");
    assert.match(alarm.message, /gone, where bd runs, does not exist/);
    await Deno.mkdir(`${world.home}/gone`);
    assertGreen(await doctorProcess(world, env));
  }));

Deno.test("a damaged issue cache is one failure, and moving it away and pulling fixes it", () =>
  withHealthyWorld(async (world) => {
    const directory = `${world.home}/.spec-kitty/tracker/trackers`;
    const [name] = [...Deno.readDirSync(directory)].map((entry) => entry.name)
      .filter((file) => file.endsWith(".db"));
    const path = `${directory}/${name}`;
    const bytes = await Deno.readFile(path);
    await Deno.writeFile(path, bytes.fill(0x5a, 4096));
    const alarm = onlyAlarm(await doctor(world), "issue caches", "failed");
    assert.match(alarm.message, /~\/\.spec-kitty\/tracker\/trackers\/.* is damaged: /);
    for (const side of ["-wal", "-shm"]) await Deno.remove(`${path}${side}`).catch(() => {});
    await follow(world, alarm);
    assertGreen(await doctor(world));
  }));

async function queueEvents(
  world: World,
  uuid: string,
  at: number,
  numbers: readonly number[],
): Promise<void> {
  const platform = machineOf(world, () => at);
  using queue = await EventQueue.open(platform, (await queueOwner(platform)).path);
  for (const number of numbers) {
    queue.append(
      "a1b2c3d4e5f6",
      (lamport_clock) => event(number, { lamport_clock, project_uuid: uuid }),
    );
  }
}

function messageOf(lines: readonly { check: string; message: string }[], check: string): string {
  return lines.find((line) => line.check === check)?.message ?? "";
}
