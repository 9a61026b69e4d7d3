import assert from "node:assert/strict";
import { uploadCycle, uploadInBackground } from "../../src/daemon/background_upload.ts";
import { writeDaemonState } from "../../src/daemon/state.ts";
import { queueOwner } from "../../src/events/open.ts";
import type { BatchAnswer } from "../../src/events/upload.ts";
import { type TestPlatform, withPlatform } from "../support/platform.ts";
import { emitterOn } from "../events/event_support.ts";
import { daemonState } from "../support/daemon_state.ts";

const ENV = {
  SPEC_KITTY_ENABLE_SAAS_SYNC: "1",
  SPEC_KITTY_SAAS_URL: "https://host.example",
  TRACKER_TOKEN: "token",
};
const NOTE = { wp_id: "WP01", entry_type: "note", entry_content: "hello" } as const;

async function cycleOver(platform: TestPlatform, answer: (id: string) => BatchAnswer) {
  const { emitter } = emitterOn(platform, (await queueOwner(platform)).path);
  const emitted = await emitter.emit("HistoryAdded", NOTE);
  await emitter.close();
  const id = emitted.kind === "queued" ? emitted.eventId : "";
  const sink = { send: () => Promise.resolve(answer(id)) };
  return await uploadCycle({ platform, version: "1", sink });
}

for (
  const [status, expected] of [
    ["success", { kind: "worked", count: 1 }],
    ["duplicate", { kind: "worked", count: 1 }],
    ["rejected", { kind: "worked", count: 0 }],
  ] as const
) {
  Deno.test(`a cycle whose event is a ${status} has worked`, () =>
    withPlatform({ env: ENV }, async (platform) => {
      const outcome = await cycleOver(platform, (event_id) => ({
        status: 200,
        body: { results: [{ event_id, status }] },
      }));
      assert.deepEqual(outcome, expected);
    }));
}

Deno.test("a cycle that meets 401 waits for a person, one that meets 500 for the host", () =>
  withPlatform({ env: ENV }, async (platform) => {
    const blocked = await cycleOver(platform, () => ({ status: 401, body: { message: "Over" } }));
    assert.deepEqual(blocked, { kind: "blocked", reason: "Over" });
    const failed = await cycleOver(platform, () => ({ status: 500, body: null }));
    assert.deepEqual(failed, { kind: "failed", reason: "HTTP 500" });
  }));

Deno.test("a cycle without anything queued is idle, one without a login is blocked", () =>
  withPlatform({ env: ENV }, async (platform) => {
    assert.deepEqual(await uploadCycle({ platform, version: "1" }), { kind: "idle" });
    platform.setEnv("TRACKER_TOKEN", undefined);
    const outcome = await uploadCycle({ platform, version: "1" });
    assert.deepEqual(outcome, {
      kind: "blocked",
      reason: "No SaaS authentication token is present.",
    });
  }));

Deno.test("the upload path starts the daemon and triggers it", () =>
  withPlatform({
    env: ENV,
    network: [{
      request: "POST /trigger",
      headers: { authorization: `Bearer ${"f".repeat(64)}` },
      reply: { status: 202, json: { status: "triggered" } },
    }],
  }, async (platform) => {
    await writeDaemonState(platform, daemonState());
    const start = () => Promise.resolve({ pid: 7 });
    assert.deepEqual(await uploadInBackground({ platform, version: "1", start }), {
      started: true,
      skippedReason: null,
      pid: 7,
    });
  }));

Deno.test("the upload path leaves the daemon alone in manual mode", () =>
  withPlatform({ env: ENV }, async (platform) => {
    const outcome = await uploadInBackground({
      platform,
      version: "1",
      config: { backgroundDaemon: "manual" },
    });
    assert.equal(outcome.skippedReason, "policy_manual");
  }));
