import assert from "node:assert/strict";
import { Budget } from "../../src/providers/mod.ts";
import { Sessions } from "../../src/providers/sessions.ts";
import { testClock } from "../support/clock.ts";

Deno.test("a session lasts as long as its connection has the same credential, address and clock", () => {
  const clock = testClock();
  const rules = { read: () => [], writeGapMs: 0 };
  const access = {
    budget: new Budget(clock, rules),
    credential: { kind: "token", secret: "one" },
    baseUrl: "https://tracker.test",
    clock,
  };
  const sessions = new Sessions((of: typeof access) => ({ of }));
  const first = sessions.of(access);
  assert.equal(sessions.of({ ...access }), first);
  const others = [
    { ...access, credential: { kind: "token", secret: "two" } },
    { ...access, baseUrl: "https://other.test" },
    { ...access, clock: testClock() },
    { ...access, budget: new Budget(clock, rules) },
  ];
  for (const other of others) {
    const session = sessions.of(other);
    assert.equal(session.of, other);
    assert.equal(sessions.of(other), session);
  }
});
