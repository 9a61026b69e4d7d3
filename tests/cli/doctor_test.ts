import assert from "node:assert/strict";
import { EventQueue } from "../../src/events/queue.ts";
import { systemPlatform } from "../../src/platform/system.ts";
import { fill } from "../events/event_support.ts";
import { damagePages } from "../support/damage.ts";
import { catalogue } from "../../src/cli/commands/registry.ts";
import { VERSION } from "../../src/cli/version.ts";
import type { Files } from "../../src/platform/files.ts";
import { tracker } from "../support/cli.ts";
import { withPlatform } from "../support/platform.ts";
import { assertGreen, doctor, follow, onlyAlarm, withHealthyWorld } from "./doctor_support.ts";
import { treeOf } from "./tree.ts";

Deno.test("a healthy set-up has no alarm, in words and as JSON, and is left exactly as it was", () =>
  withHealthyWorld(async (world) => {
    const before = [await treeOf(world.home, true), await treeOf(world.project)];
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
    assert.deepEqual([await treeOf(world.home, true), await treeOf(world.project)], before);
  }));

Deno.test("a machine that is not set up has no alarm with the gate off, and no file afterwards", () =>
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
    const report = await world.here(["doctor", "--permissions", "--json"]);
    const { checks, permissions } = JSON.parse(report.stdout);
    for (const { check, message } of checks) {
      assert.equal(words.exec(`${check} ${message}`)?.[0], undefined, message);
    }
    const commands = permissions.map((row: { command: string }) => row.command);
    assert.deepEqual(commands, (await catalogue(false)).map((command) => command.path));
    assert.equal(words.exec(JSON.stringify(permissions).replaceAll("TRACKER", ""))?.[0], undefined);
    assert.deepEqual(await world.requests(), []);
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

Deno.test("a setting that is wrong in the file is one warning, and unsetting it fixes it", () =>
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

Deno.test("a damaged queue is one failure that names the file, though its events can be counted", () =>
  withHealthyWorld(async (world) => {
    const path = `${world.home}/.spec-kitty/tracker/queue.db`;
    const platform = systemPlatform();
    const queue = await EventQueue.open(platform, path);
    fill(queue, Array.from({ length: 300 }, (_, i) => i + 1));
    queue.close();
    await damagePages(path, 40);
    const alarm = onlyAlarm(await doctor(world), "queue", "failed");
    assert.equal(alarm.details["path"], path);
    assert.match(alarm.message, /queue\.db is damaged/);
  }));
