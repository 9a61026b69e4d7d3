import assert from "node:assert/strict";
import { catalogue } from "../../src/cli/catalogue.ts";
import { VERSION } from "../../src/cli/version.ts";
import { runDaemon } from "../../src/daemon/run.ts";
import { EventQueue } from "../../src/events/queue.ts";
import { queueOwner } from "../../src/events/open.ts";
import type { Files } from "../../src/platform/files.ts";
import type { Fetch } from "../../src/platform/platform.ts";
import { event } from "../events/event_support.ts";
import { GATE_ON, tracker } from "../support/cli.ts";
import { withPlatform } from "../support/platform.ts";
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

Deno.test("a healthy set-up has no alarm, in words and as JSON, and is left exactly as it was", () =>
  withHealthyWorld(async (world) => {
    const before = [await treeOf(world.home), await treeOf(world.project)];
    await world.forgetRequests();
    assertGreen(await doctor(world));
    const seen = await world.requests();
    assert.deepEqual(seen.filter((line) => !line.startsWith("GET") && !line.startsWith("HEAD")), [
      "POST /api/v1/tracker/bind-validate/",
    ]);
    const { code, stdout, stderr } = await world.run(["doctor"]);
    assert.deepEqual([code, stderr], [0, ""]);
    assert.match(stdout, new RegExp(`^✓ tracker ${VERSION.replaceAll(".", "\\.")}, Deno `));
    assert.match(
      stdout,
      /✓ signed in as demo@example\.com \(team acme\), session good for 1\d minutes/,
    );
    assert.match(stdout, /✓ host http:\/\/127\.0\.0\.1:\d+ answered in \d+ ms\n/);
    assert.match(stdout, /✓ bound to .+, linear, valid at the host\n/);
    assert.match(stdout, /✓ \.kittify\/config\.yaml is sound\n/);
    assert.match(stdout, /✓ 1 issue cache is whole\n/);
    assert.match(stdout, /Everything is in order\.\n$/);
    assert.deepEqual([await treeOf(world.home), await treeOf(world.project)], before);
  }));

Deno.test("a session that only has to be renewed is no alarm", () =>
  withHealthyWorld(async (world) => {
    await world.lever("expire-access");
    assertGreen(await doctor(world));
    const path = `${world.home}/.spec-kitty/credentials`;
    const past = new Date(Date.now() - MINUTE).toISOString();
    const text = await Deno.readTextFile(path);
    await Deno.writeTextFile(path, text.replace(/^(access_expires_at = ).*$/m, `$1"${past}"`));
    const report = await doctor(world);
    assertGreen(report);
    const session = report.lines.find((line) => line.check === "session");
    assert.match(session?.message ?? "", /session to be renewed, renewable for [67] days/);
  }));

Deno.test("a machine nobody has set up has no alarm with the gate off, and no file afterwards", () =>
  withPlatform({}, async (platform) => {
    const { code, stdout, stderr } = await tracker(platform, "doctor");
    assert.deepEqual([code, stderr], [0, ""]);
    assert.match(stdout, /– not in a project/);
    assert.doesNotMatch(stdout, /[!✗]/);
    assert.deepEqual(await treeOf(platform.home), {});
  }));

Deno.test("with the gate off no hosted word appears, whatever the project and the user's files hold", () =>
  withHealthyWorld(async (world) => {
    world.env["SPEC_KITTY_ENABLE_SAAS_SYNC"] = "off";
    await world.forgetRequests();
    const words =
      /\b(hosted|linear|jira|github|gitlab|auth|login|session|host|daemon|saas|token|gate)\b/i;
    const text = await world.here(["doctor"]);
    assert.equal(text.code, 0);
    assert.equal(
      words.exec(text.stdout.replaceAll(world.project, ""))?.[0],
      undefined,
      text.stdout,
    );
    const report = await world.here(["doctor", "--json"]);
    const { checks, permissions } = JSON.parse(report.stdout);
    for (const { check, message } of checks) {
      assert.equal(words.exec(`${check} ${message}`)?.[0], undefined, message);
    }
    const commands = permissions.map((row: { command: string }) => row.command);
    assert.deepEqual(commands, catalogue(false).map((command) => command.path));
    assert.equal(words.exec(JSON.stringify(permissions).replaceAll("TRACKER", ""))?.[0], undefined);
    assert.deepEqual(await world.requests(), []);
  }));

Deno.test("a clock that is off is one warning, either way, and the session is not blamed for it", () =>
  withHealthyWorld(async (world) => {
    for (
      const [minutes, words] of [[12, "12 minutes ahead of"], [
        -9 * 24 * 60,
        "9 days behind",
      ]] as const
    ) {
      // The host's clock moves instead of this machine's.
      const report = await doctor(world, {
        fetch: withDate((now) => now - minutes * MINUTE - Math.sign(minutes) * 5_000),
      });
      const alarm = onlyAlarm(report, "clock", "warning");
      assert.ok(alarm.message.includes(words), alarm.message);
      assert.match(alarm.next_action ?? "", /^set this machine's clock/);
    }
    const right = await doctor(world, { fetch: withDate((now) => now - 20_000) });
    assertGreen(right);
  }));

Deno.test("credentials that cannot be read are one failure", () =>
  withHealthyWorld(async (world) => {
    const files = (real: Files): Files => ({
      ...real,
      readBytes: (path) =>
        path.endsWith("/credentials")
          ? Promise.reject(new Deno.errors.PermissionDenied("Permission denied (os error 13)"))
          : real.readBytes(path),
    });
    const alarm = onlyAlarm(await doctor(world, { files }), "credentials", "failed");
    assert.match(alarm.message, /~\/\.spec-kitty\/credentials cannot be read/);
    await follow(world, alarm);
    assertGreen(await doctor(world));
  }));

Deno.test("files open to others are one warning each, and stay as they are until the step is followed", () =>
  withHealthyWorld(async (world) => {
    const cases = [
      [`${world.home}/.spec-kitty/credentials`, "credentials", 0o644],
      [`${world.home}/.spec-kitty`, "user directory", 0o755],
      [`${world.home}/.spec-kitty/config.toml`, "settings", 0o666],
      [`${world.project}/.kittify/config.yaml`, "project config", 0o666],
    ] as const;
    for (const [path, check, mode] of cases) {
      await Deno.chmod(path, mode);
      const alarm = onlyAlarm(await doctor(world), check, "warning");
      assert.equal((await Deno.stat(path)).mode! & 0o777, mode, "nothing is mended in passing");
      await follow(world, alarm);
      assertGreen(await doctor(world));
    }
  }));

Deno.test("a config with broken YAML is one failure that names the file and the line", () =>
  withHealthyWorld(async (world) => {
    const text = await world.config() ?? "";
    await world.writeConfig(`${text}\nbad: [1, 2\nworse: }\n`);
    const alarm = onlyAlarm(await doctor(world), "project config", "failed");
    assert.match(alarm.message, /config\.yaml/);
    assert.match(alarm.message, /line \d+/);
    await world.writeConfig(text);
    assertGreen(await doctor(world));
  }));

for (
  const [file, check] of [["credentials", "credentials"], ["config.toml", "settings"]] as const
) {
  Deno.test(`broken TOML in ${file} is one failure that names the line and no secret`, () =>
    withHealthyWorld(async (world) => {
      const path = `${world.home}/.spec-kitty/${file}`;
      const text = await Deno.readTextFile(path);
      await Deno.writeTextFile(path, `${text}\nsecret = "hunter2\n`);
      const report = await doctor(world);
      const alarm = onlyAlarm(report, check, "failed");
      assert.match(alarm.message, /line \d+/);
      assert.doesNotMatch(JSON.stringify(report), /hunter2/);
      await Deno.writeTextFile(path, text);
      assertGreen(await doctor(world));
    }));
}

Deno.test("a host that is down is one failure, and so is one that answers with a fault", () =>
  withHealthyWorld(async (world) => {
    const busy = (real: Fetch): Fetch => async (request) =>
      request.method === "HEAD" ? new Response(null, { status: 503 }) : await real(request);
    onlyAlarm(await doctor(world, { fetch: busy }), "host", "warning");
    assertGreen(await doctor(world));
    await world.stopHost();
    const alarm = onlyAlarm(await doctor(world), "host", "failed");
    assert.ok(alarm.message.includes(world.hostUrl), alarm.message);
    assert.match(alarm.message, /Connection refused/i);
  }));

Deno.test("a host that accepts and then says nothing is given up after two seconds", () =>
  withPlatform({
    env: { ...GATE_ON, SPEC_KITTY_SAAS_URL: "https://host.example", TRACKER_TOKEN: "secret-token" },
    network: [{ request: "HEAD /", reply: { hang: true } }],
  }, async (platform) => {
    const { code, stdout } = await tracker(platform, "doctor");
    assert.equal(code, 1);
    assert.match(
      stdout,
      /✗ host https:\/\/host\.example did not answer \(no answer within 2 seconds\)/,
    );
    assert.match(stdout, /✓ signed in by `TRACKER_TOKEN`\n/);
    assert.match(stdout, /1 problem\.\n$/);
  }));

for (const state of ["disabled", "deleted"] as const) {
  Deno.test(`a binding that is ${state} at the host is one failure, and binding again mends it`, () =>
    withHealthyWorld(async (world) => {
      const reference = /binding_ref: (\S+)/.exec(await world.config() ?? "")?.[1];
      await world.lever("mapping-state", { binding_ref: reference, state });
      const alarm = onlyAlarm(await doctor(world), "binding", "failed");
      assert.ok(alarm.message.includes(reference ?? "?"), alarm.message);
      assert.match(alarm.message, state === "disabled" ? /disabled/ : /no longer exists/);
      const before = await world.config();
      await doctor(world);
      assert.equal(await world.config(), before);
      if (state === "disabled") {
        assert.match(alarm.next_action ?? "", /^enable the mapping in the dashboard, or /);
        await world.lever("mapping-state", { binding_ref: reference, state: "active" });
      } else {
        await follow(world, alarm, ["--select", "1"]);
      }
      assertGreen(await doctor(world));
    }));
}

Deno.test("a binding of another project is one failure", () =>
  withHealthyWorld(async (world) => {
    const text = await world.config() ?? "";
    await world.writeConfig(
      text.replace(/uuid: \S+/, "uuid: 11111111-2222-4333-8444-555555555555"),
    );
    const alarm = onlyAlarm(await doctor(world), "binding", "failed");
    assert.match(alarm.message, /belongs to another project/);
    await world.writeConfig(text);
    assertGreen(await doctor(world));
  }));

Deno.test("a legacy binding by slug is asked for by its slug, and not upgraded in passing", () =>
  withHealthyWorld(async (world) => {
    const { mappings } = await world.look("mappings");
    const slug = mappings[0].project_slug;
    await world.writeConfig(`tracker:\n  provider: linear\n  project_slug: ${slug}\n`);
    assertGreen(await doctor(world));
    assert.doesNotMatch(await world.config() ?? "", /binding_ref/);
    await world.writeConfig("tracker:\n  provider: linear\n  project_slug: nobody-knows\n");
    onlyAlarm(await doctor(world), "binding", "failed");
  }));

const INCOMPLETE: readonly (readonly [string, string, RegExp])[] = [
  ["a hosted one without a key", "provider: linear", /not complete/],
  ["a local one without a workspace", "provider: fp", /names no workspace/],
  ["one of a removed provider", "provider: azure_devops", /Azure DevOps is no longer supported\./],
  ["one of an unknown provider", "provider: trello\n  workspace: x", /unknown provider, "trello"/],
  [
    "one with owners its mode has no room for",
    "provider: fp\n  workspace: x\n  doctrine: {mode: sideways}",
    /sideways/,
  ],
];

for (const [what, section, expected] of INCOMPLETE) {
  Deno.test(`a binding that cannot work is a failure: ${what}`, () =>
    withPlatform({ env: {} }, async (platform) => {
      platform.setEnv("SPEC_KITTY_ENABLE_SAAS_SYNC", section.includes("linear") ? "1" : undefined);
      await platform.files.writeAtomic(
        `${platform.home}/.kittify/config.yaml`,
        `tracker:\n  ${section}\n`,
      );
      const { code, stdout } = await tracker(platform, "doctor", "--json");
      assert.equal(code, 1);
      const { checks } = JSON.parse(stdout);
      const binding = checks.find((line: { check: string }) => line.check === "binding");
      assert.equal(binding.status, "failed");
      assert.match(binding.message, expected);
      assert.ok(binding.next_action);
    }));
}

Deno.test("nobody signed in, a session that has ended, one the host revoked: one failure, mended by login", () =>
  withHealthyWorld(async (world) => {
    const path = `${world.home}/.spec-kitty/credentials`;
    const signedIn = await Deno.readTextFile(path);
    const past = new Date(Date.now() - DAY).toISOString();
    const breaks: readonly (() => Promise<void>)[] = [
      () => Deno.remove(path),
      () => Deno.writeTextFile(path, signedIn.replace(/^(\w+_expires_at = ).*$/gm, `$1"${past}"`)),
      () => world.lever("revoke-sessions"),
    ];
    for (const breakIt of breaks) {
      await breakIt();
      const alarm = onlyAlarm(await doctor(world), "session", "failed");
      assert.match(alarm.next_action ?? "", /`tracker auth login`/);
      await follow(world, alarm, ["--username", "demo@example.com", "--password-stdin"], {
        stdin: "demo\n",
      });
      assertGreen(await doctor(world));
    }
  }));

Deno.test("no host configured, and one that is no URL, are one failure each", () =>
  withHealthyWorld(async (world) => {
    const url = world.env["SPEC_KITTY_SAAS_URL"] ?? "";
    delete world.env["SPEC_KITTY_SAAS_URL"];
    const none = onlyAlarm(await doctor(world), "host", "failed");
    assert.match(none.next_action ?? "", /SPEC_KITTY_SAAS_URL/);
    world.env["SPEC_KITTY_SAAS_URL"] = "http://tracker.example.com";
    const wrong = onlyAlarm(await doctor(world), "settings", "failed");
    assert.match(wrong.message, /`SPEC_KITTY_SAAS_URL` must use https/);
    world.env["SPEC_KITTY_SAAS_URL"] = url;
    assertGreen(await doctor(world));
  }));

Deno.test("a setting that is wrong in the file is one warning, and unsetting it mends it", () =>
  withHealthyWorld(async (world) => {
    for (
      const line of [
        'background_daemon = "sometimes"',
        'background_daemon = ""',
        "max_queue_size = 0",
      ]
    ) {
      await Deno.writeTextFile(`${world.home}/.spec-kitty/config.toml`, `[sync]\n${line}\n`);
      const alarm = onlyAlarm(await doctor(world), "settings", "warning");
      const unset = /`(tracker config unset \S+)`/.exec(alarm.next_action ?? "")?.[1] ?? "";
      assert.equal((await world.here(unset.split(" ").slice(1))).code, 0);
      assertGreen(await doctor(world));
    }
  }));

Deno.test("events that nobody uploads are one warning, and flushing mends it; fresh ones are none", () =>
  withHealthyWorld(async (world) => {
    const uuid = /uuid: (\S+)/.exec(await world.config() ?? "")?.[1] ?? "";
    await queueEvents(world, uuid, Date.now() - MINUTE, [1]);
    const fresh = await doctor(world);
    assertGreen(fresh);
    assert.match(messageOf(fresh.lines, "queue"), /^1 event queued, oldest 1 minute$/);
    await queueEvents(world, uuid, Date.now() - 3 * DAY, [2, 3]);
    const before = await treeOf(world.home);
    const alarm = onlyAlarm(await doctor(world), "queue", "warning");
    assert.equal(alarm.message, "3 events queued, oldest 3 days");
    assert.deepEqual(await treeOf(world.home), before);
    await follow(world, alarm);
    assertGreen(await doctor(world));
  }));

Deno.test("a daemon of another version is one warning, and stopping it mends it", () =>
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
    const path = `${world.home}/.spec-kitty/sync-daemon`;
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

Deno.test("a missing bd is one failure for a project bound to beads only, and naming its command mends it", () =>
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

Deno.test("events given up are one warning, and retrying and flushing mends it", () =>
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
    assert.match(alarm.message, /^1 event given up/);
    await follow(world, alarm);
    await follow(world, onlyAlarm(await doctor(world), "queue", "warning"));
    assertGreen(await doctor(world));
  }));

Deno.test("a cache of a newer version is a failure that asks for an update, not for moving it away", () =>
  withHealthyWorld(async (world) => {
    const directory = `${world.home}/.spec-kitty/trackers`;
    const [name] = [...Deno.readDirSync(directory)].map((entry) => entry.name)
      .filter((file) => file.endsWith(".db"));
    const database = await machineOf(world).openDatabase(`${directory}/${name}`);
    database.exec("PRAGMA user_version = 999");
    database.close();
    const alarm = onlyAlarm(await doctor(world), "issue caches", "failed");
    assert.equal(alarm.next_action, "Update tracker.");
  }));

Deno.test("a directory of the tool that is gone is one failure", () =>
  withWorld(async (world) => {
    const env = { SPEC_KITTY_ENABLE_SAAS_SYNC: "", PATH: `${world.home}/bin` };
    await Deno.mkdir(env.PATH);
    await Deno.writeTextFile(`${env.PATH}/bd`, "#!/bin/sh\n", { mode: 0o755 });
    await world.writeConfig("tracker:\n  provider: beads\n  workspace: main\n");
    await Deno.writeTextFile(
      `${world.home}/.spec-kitty/credentials`,
      `[tracker.providers.beads]\ncwd = "${world.home}/gone"\n`,
      { mode: 0o600 },
    );
    const alarm = onlyAlarm(await doctorProcess(world, env), "bd", "failed");
    assert.match(alarm.message, /gone, where bd runs, does not exist/);
    await Deno.mkdir(`${world.home}/gone`);
    assertGreen(await doctorProcess(world, env));
  }));

Deno.test("a damaged issue cache is one failure, and moving it away and pulling mends it", () =>
  withHealthyWorld(async (world) => {
    const directory = `${world.home}/.spec-kitty/trackers`;
    const [name] = [...Deno.readDirSync(directory)].map((entry) => entry.name)
      .filter((file) => file.endsWith(".db"));
    const path = `${directory}/${name}`;
    const bytes = await Deno.readFile(path);
    await Deno.writeFile(path, bytes.fill(0x5a, 4096));
    const alarm = onlyAlarm(await doctor(world), "issue caches", "failed");
    assert.match(alarm.message, /~\/\.spec-kitty\/trackers\/.* is damaged: /);
    for (const side of ["-wal", "-shm"]) await Deno.remove(`${path}${side}`).catch(() => {});
    await follow(world, alarm);
    assertGreen(await doctor(world));
  }));

Deno.test("each fault is counted in the last line, and exit is 1 only when something is broken", () =>
  withHealthyWorld(async (world) => {
    await Deno.chmod(`${world.home}/.spec-kitty/credentials`, 0o640);
    const warned = await world.here(["doctor"]);
    assert.equal(warned.code, 0);
    assert.match(
      warned.stdout,
      /! .* \(mode 0640\)\n {4}→ run `chmod 600 ~\/\.spec-kitty\/credentials`\n/,
    );
    assert.match(warned.stdout, /\n1 warning\.\n$/);
    await world.stopHost();
    const broken = await world.here(["doctor"]);
    assert.equal(broken.code, 1);
    assert.match(broken.stdout, /\n1 problem, 1 warning\.\n$/);
  }));

Deno.test("--repo that is no project is a failure, since the person named it", () =>
  withPlatform({}, async (platform) => {
    const { code, stdout } = await tracker(platform, "doctor", "--repo", "nowhere");
    assert.equal(code, 1);
    assert.match(stdout, /✗ .*nowhere" is not a directory/);
  }));

function withDate(hostTime: (now: number) => number): (real: Fetch) => Fetch {
  return (real) => async (request) => {
    const answer = await real(request);
    const headers = new Headers(answer.headers);
    headers.set("date", new Date(hostTime(Date.now())).toUTCString());
    const { status } = answer;
    return new Response(
      await answer.arrayBuffer().then((bytes) => bytes.byteLength === 0 ? null : bytes),
      {
        status,
        headers,
      },
    );
  };
}

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
