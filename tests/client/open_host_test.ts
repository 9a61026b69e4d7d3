import assert from "node:assert/strict";
import { openHost } from "../../src/client/open_host.ts";
import { ROLLOUT_DISABLED_MESSAGE } from "../../src/client/rollout.ts";
import { send } from "../../src/client/transport.ts";
import { modulesUnder } from "../../scripts/coverage.ts";
import { GATE_ON } from "../support/cli.ts";
import { GATE_VALUES } from "../support/gate.ts";
import { withPlatform } from "../support/platform.ts";
import { failing, HOST } from "./support.ts";

const VARIABLE = "SPEC_KITTY_ENABLE_SAAS_SYNC";

for (const [value, on] of GATE_VALUES) {
  const shown = JSON.stringify(value) ?? "no value";
  Deno.test(`with ${shown} in the variable a host ${on ? "opens" : "stays closed"}`, () =>
    withPlatform({}, async (platform) => {
      platform.setEnv(VARIABLE, value);
      const opening = openHost({ platform, baseUrl: HOST });
      if (on) return assert.equal((await opening).baseUrl, HOST);
      assert.equal((await failing(opening, "rollout_disabled")).message, ROLLOUT_DISABLED_MESSAGE);
    }));
}

Deno.test("the gate comes before a host URL that is none, or is missing, and reads no file", () =>
  withPlatform({}, async (scripted) => {
    const files = { ...scripted.files, readText: () => assert.fail("a file was read") };
    const platform = { ...scripted, files };
    await failing(openHost({ platform, baseUrl: "no URL" }), "rollout_disabled");
    await failing(openHost({ platform }), "rollout_disabled");
  }));

Deno.test("the configured host is opened unless another is given, in canonical form", () =>
  withPlatform({
    env: { ...GATE_ON, SPEC_KITTY_SAAS_URL: "https://Set.example/" },
  }, async (platform) => {
    assert.equal((await openHost({ platform })).baseUrl, "https://set.example");
    const given = await openHost({ platform, baseUrl: "https://Given.example//" });
    assert.equal(given.baseUrl, "https://given.example");
  }));

Deno.test("without a host URL the next action is to set one, and at sign-in to name one", () =>
  withPlatform({ env: GATE_ON }, async (platform) => {
    const work = await failing(openHost({ platform }), "missing_host_config");
    assert.match(work.nextAction ?? "", /SPEC_KITTY_SAAS_URL/);
    const signIn = openHost({ platform, purpose: "sign_in" });
    assert.match((await failing(signIn, "missing_host_config")).nextAction ?? "", /--host URL/);
  }));

Deno.test("a URL that is none, or http to another machine, opens no host", () =>
  withPlatform({ env: GATE_ON }, async (platform) => {
    for (const baseUrl of ["no URL", "http://host.example", "https://a:b@host.example"]) {
      await failing(openHost({ platform, baseUrl }), "invalid_host_url");
    }
  }));

Deno.test("the gate is asked where a host is opened and a request sent, before the table of readiness, and by the daemon", async () => {
  const root = new URL("../../", import.meta.url);
  const asking: string[] = [];
  for (const path of await modulesUnder(root, "src/")) {
    const text = await Deno.readTextFile(new URL(path, root));
    if (/(?<!function )requireHostedSync\(/.test(text)) asking.push(path);
  }
  assert.deepEqual(asking.sort(), [
    "src/cli/services/readiness.ts",
    "src/client/open_host.ts",
    "src/client/transport.ts",
    "src/daemon/run.ts",
    "src/daemon/start.ts",
  ]);
});

Deno.test("a host that is open sends nothing once the gate is closed", () =>
  withPlatform({ env: GATE_ON }, async (platform) => {
    const host = await openHost({ platform, baseUrl: HOST });
    platform.setEnv(VARIABLE, "0");
    const request = { method: "GET", path: "/api/v1/tracker/health/", call: "health" } as const;
    await failing(send(host, request), "rollout_disabled");
    assert.deepEqual(platform.network.requests, []);
  }));
