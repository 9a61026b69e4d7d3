import assert from "node:assert/strict";
import { measureClock } from "../../src/client/host_clock.ts";

const AT = Date.parse("2026-01-01T12:00:00Z");
const date = (ms: number, more: Record<string, string> = {}) =>
  new Headers({ date: new Date(ms).toUTCString(), ...more });

Deno.test("the clock of a host is measured by the second that an answer names and the time it took", () => {
  assert.deepEqual(measureClock(date(AT), AT, 0), { offset: 500, uncertainty: 500 });
  assert.deepEqual(measureClock(date(AT + 60_000), AT, 200), { offset: 60_400, uncertainty: 600 });
});

Deno.test("the true offset is within the uncertainty, wherever in the request the host looked at its clock", () => {
  for (const offset of [-3_600_000, -999, -1, 0, 1, 999, 3_600_000]) {
    for (const looked of [0, 137, 700]) {
      const measured = measureClock(
        date(Math.floor((AT + looked + offset) / 1000) * 1000),
        AT,
        700,
      );
      assert.ok(measured !== null);
      assert.ok(Math.abs(measured.offset - offset) <= measured.uncertainty, `${offset} ${looked}`);
    }
  }
});

Deno.test("nothing is known of the clock from an answer without a date, or one that was kept", () => {
  assert.equal(measureClock(new Headers(), AT, 0), null);
  assert.equal(measureClock(new Headers({ date: "soon" }), AT, 0), null);
  assert.equal(measureClock(date(AT, { age: "20" }), AT, 0), null);
});
