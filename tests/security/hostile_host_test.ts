import assert from "node:assert/strict";
import { withBoundWorld } from "../support/bound.ts";
import { GATE_ON, tracker } from "../support/cli.ts";
import { withPlatform } from "../support/platform.ts";
import { documentsIn, HOST_LINES } from "./hostile_lines.ts";
import {
  assertSafe,
  HOSTILE,
  poisonedNetwork,
  refusingNetwork,
  showsHostile,
} from "./hostile_text.ts";

Deno.test("no command lets the words of a host act on a terminal", () =>
  withBoundWorld(async (world) => {
    for (const { line, stdin = "", shows = true, isRaw = false } of HOST_LINES) {
      let shown = false;
      for (const terminal of [true, false]) {
        const options = { fetch: poisonedNetwork, stdin, terminal, columns: 200 };
        const result = await world.here(line.split(" "), options);
        assertSafe(line, isRaw && !terminal ? { ...result, stdout: "" } : result);
        shown ||= showsHostile(result);
      }
      assert.equal(shown, shows, line);
    }
  }));

Deno.test("what a host says in a refusal is shown on lines of ours, and exact under --json", () =>
  withBoundWorld(async (world) => {
    let refused = 0;
    for (const { line, stdin = "", isRaw = false } of HOST_LINES) {
      for (const status of [400, 500]) {
        const options = { fetch: refusingNetwork(status), stdin };
        assertSafe(line, await world.here(line.split(" "), { ...options, terminal: isRaw }));
        const result = await world.here([...line.split(" "), "--json"], options);
        assertSafe(`${line} --json`, result);
        if (result.stdout !== "") {
          documentsIn(line, result.stdout).forEach((one) => JSON.parse(one));
        } else if (JSON.parse(result.stderr).error.message.includes(HOSTILE)) refused++;
      }
    }
    assert.ok(refused > 12, `${refused} refusals were told`);
  }));

Deno.test("what a host says at a sign-in stays words", async () => {
  const env = { ...GATE_ON, SPEC_KITTY_SAAS_URL: "https://host.example" };
  const device = {
    device_code: "d",
    user_code: `ABCD${HOSTILE}`,
    verification_uri: "https://host.example/device",
    verification_uri_complete: "https://host.example/device?code=ABCD",
    expires_in: 600,
    interval: 5,
  };
  const teams = ["red", "blue"].map((id) => ({ id, name: `Team ${id}${HOSTILE}`, role: "member" }));
  const person = {
    user_id: "u1",
    email: `ada@example.com${HOSTILE}`,
    name: `Ada${HOSTILE}`,
    teams,
  };
  await withPlatform({
    env,
    terminal: true,
    stdin: "2\n",
    network: [
      { request: "POST /oauth/device", reply: { status: 200, json: device } },
      {
        request: "POST /oauth/token",
        reply: { status: 200, json: { access_token: "secret-access", token_type: "Bearer" } },
      },
      { request: "GET /api/v1/me", reply: { status: 200, json: person } },
    ],
  }, async (platform) => {
    const result = await tracker(platform, "auth", "login");
    assertSafe("auth login", result);
    assert.equal(result.code, 0, result.stderr);
    assert.ok(showsHostile(result));
  });
});
