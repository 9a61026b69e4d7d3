import assert from "node:assert/strict";
import {
  isHostedSyncEnabled,
  requireHostedSync,
  ROLLOUT_DISABLED_MESSAGE,
} from "../../src/client/rollout.ts";
import { TrackerError } from "../../src/platform/tracker_error.ts";
import { GATE_VALUES } from "../support/gate.ts";

for (const [value, on] of GATE_VALUES) {
  Deno.test(`the rollout gate is ${on ? "on" : "off"} for ${JSON.stringify(value) ?? "no value"}`, () => {
    assert.equal(isHostedSyncEnabled({ get: () => value }), on);
  });
}

Deno.test("only the one variable opens the gate, and it is read at every use", () => {
  const values = new Map([["SPEC_KITTY_ENABLE_SAAS", "1"]]);
  const env = { get: (name: string) => values.get(name) };
  assert.equal(isHostedSyncEnabled(env), false);
  values.set("SPEC_KITTY_ENABLE_SAAS_SYNC", "1");
  assert.equal(isHostedSyncEnabled(env), true);
  values.delete("SPEC_KITTY_ENABLE_SAAS_SYNC");
  assert.equal(isHostedSyncEnabled(env), false);
});

Deno.test("the closed gate's message is this one, byte for byte", () => {
  assert.equal(
    ROLLOUT_DISABLED_MESSAGE,
    "Hosted SaaS sync is not enabled on this machine. Set `SPEC_KITTY_ENABLE_SAAS_SYNC=1` to opt in.",
  );
  assert.throws(
    () => requireHostedSync({ get: () => undefined }),
    (error) =>
      error instanceof TrackerError && error.code === "rollout_disabled" &&
      error.message === ROLLOUT_DISABLED_MESSAGE && error.exitCode === 1,
  );
  requireHostedSync({ get: () => "on" });
});
