import assert from "node:assert/strict";
import { controlHandler } from "../../src/daemon/control.ts";

const TOKEN = "0123456789abcdef0123456789abcdef";
const HEALTH = {
  status: "ok",
  pid: 1,
  version: "1",
  started_at: "2026-03-01T12:00:00.000Z",
  last_cycle_at: null,
  last_outcome: null,
  uploaded: 0,
} as const;

function endpoint() {
  const done: string[] = [];
  const handler = controlHandler({
    token: TOKEN,
    port: () => 4000,
    actions: {
      health: () => HEALTH,
      trigger: () => void done.push("trigger"),
      stop: () => void done.push("stop"),
    },
  });
  const ask = (method: string, path: string, headers: Record<string, string> = {}) =>
    handler(
      new Request(`http://127.0.0.1:4000${path}`, {
        method,
        headers: { host: "127.0.0.1:4000", authorization: `Bearer ${TOKEN}`, ...headers },
      }),
    );
  return { done, ask };
}

Deno.test("health, trigger and stop answer every caller that has the token", async () => {
  const { done, ask } = endpoint();
  const health = ask("GET", "/health");
  assert.equal(health.status, 200);
  assert.deepEqual(await health.json(), HEALTH);
  assert.equal(ask("POST", "/trigger").status, 202);
  assert.equal(ask("POST", "/stop").status, 202);
  assert.deepEqual(done, ["trigger", "stop"]);
});

Deno.test("without the token, or with one that is nearly right, nothing happens", () => {
  const { done, ask } = endpoint();
  for (
    const authorization of ["", "Bearer ", `Bearer ${TOKEN}0`, `Bearer ${TOKEN.slice(1)}`, TOKEN]
  ) {
    assert.equal(ask("POST", "/stop", { authorization }).status, 401);
  }
  assert.deepEqual(done, []);
});

Deno.test("a request for another name, or from a page, is refused even with the token", () => {
  const { done, ask } = endpoint();
  for (const host of ["evil.example:4000", "127.0.0.1", "127.0.0.1:4001", ""]) {
    assert.equal(ask("POST", "/stop", { host }).status, 403, host);
  }
  assert.equal(ask("POST", "/stop", { origin: "http://127.0.0.1:4000" }).status, 403);
  assert.equal(ask("GET", "/health", { host: "localhost:4000" }).status, 200);
  assert.deepEqual(done, []);
});

Deno.test("another method or path does nothing", () => {
  const { done, ask } = endpoint();
  assert.equal(ask("GET", "/stop").status, 405);
  assert.equal(ask("POST", "/health").status, 405);
  assert.equal(ask("GET", "/").status, 404);
  assert.deepEqual(done, []);
});
