import assert from "node:assert/strict";
import { type DaemonState, givesSignsOfLife } from "../../src/daemon/state.ts";
import { testClock } from "../support/clock.ts";

const NOW = Date.UTC(2026, 1, 1);

function seen(isAlive: boolean | null, secondsAgo: number): boolean {
  const clock = testClock(NOW);
  const system = { isAlive: () => isAlive };
  const state: DaemonState = {
    pid: 7,
    port: 1,
    token: "0123456789abcdef",
    version: "1",
    host: null,
    team: null,
    credential: null,
    started_at: new Date(NOW - 3_600_000).toISOString(),
    heartbeat: new Date(NOW - secondsAgo * 1000).toISOString(),
  };
  return givesSignsOfLife({ clock, system }, state);
}

Deno.test("a daemon gives signs of life while its process and its heartbeat do", () => {
  assert.equal(seen(true, 30), true);
  assert.equal(seen(false, 30), false);
  assert.equal(seen(true, 200), false);
});

Deno.test("where processes may not be looked at, the heartbeat alone counts", () => {
  assert.equal(seen(null, 30), true);
  assert.equal(seen(null, 200), false);
});
