import assert from "node:assert/strict";
import { HostedClient } from "../../src/client/client.ts";
import { systemPlatform } from "../../src/platform/system.ts";
import { EMPTY_PAGE, hostOf, rotatingTokens, STATUS, STATUS_REQUEST } from "../client/support.ts";
import { withPlatform } from "../support/platform.ts";
import { COUNTERPARTS, withCounterpart } from "./support.ts";

const ROUTING = { binding_ref: "srm_1" } as const;

for (const counterpart of COUNTERPARTS) {
  Deno.test(`${counterpart.name} is asked in origin form, and its answers are read`, async () => {
    const system = systemPlatform();
    const script = {
      [STATUS_REQUEST]: [{ status: 200, json: STATUS }],
      "POST /api/v1/tracker/pull/": [{ status: 200, json: EMPTY_PAGE }],
    };
    await withCounterpart(counterpart, script, async ({ url, seen }) => {
      await withPlatform({ env: { SPEC_KITTY_ENABLE_SAAS_SYNC: "1" } }, async (scripted) => {
        const platform = { ...scripted, fetch: system.fetch, clock: system.clock };
        const tokens = rotatingTokens();
        const client = new HostedClient({
          ...await hostOf(platform, { baseUrl: url, version: "1.2.3" }),
          tokens,
        });
        assert.equal((await client.status("linear", ROUTING)).provider, "linear");
        assert.deepEqual((await client.pull("linear", ROUTING)).items, []);
      });
      const requests = await seen();
      assert.deepEqual(requests.map(({ method, target }) => `${method} ${target}`), [
        STATUS_REQUEST,
        "POST /api/v1/tracker/pull/",
      ]);
      assert.equal(requests[0]?.headers["user-agent"], "tracker/1.2.3");
      const body = { provider: "linear", binding_ref: "srm_1", limit: 100 };
      assert.deepEqual(JSON.parse(requests[1]?.body ?? ""), body);
    });
  });
}
