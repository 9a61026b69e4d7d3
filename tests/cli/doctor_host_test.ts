import assert from "node:assert/strict";
import type { Fetch } from "../../src/platform/platform.ts";
import { GATE_ON, tracker } from "../support/cli.ts";
import { withPlatform } from "../support/platform.ts";
import { assertGreen, doctor, follow, onlyAlarm, withHealthyWorld } from "./doctor_support.ts";

const MINUTE = 60_000;
const DAY = 86_400_000;

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

Deno.test("a host that is down is one failure, and so is one that answers with a fault", () =>
  withHealthyWorld(async (world) => {
    const busy = (real: Fetch): Fetch => async (request) =>
      request.method === "HEAD" ? new Response(null, { status: 503 }) : await real(request);
    onlyAlarm(await doctor(world, { fetch: busy }), "host", "warning");
    assertGreen(await doctor(world));
    await world.stopHost();
    const alarm = onlyAlarm(await doctor(world), "host", "failed");
    assert.ok(alarm.message.includes(world.hostUrl), alarm.message);
    assert.match(alarm.message, /Connection (?:refused|reset)/i);
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
  Deno.test(`a binding that is ${state} at the host is one failure, and binding again fixes it`, () =>
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

Deno.test("no session, a session that has ended, one the host revoked: one failure, fixed by a login", () =>
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
