import assert from "node:assert/strict";
import fc from "../support/properties.ts";
import { MemoryLimiter } from "../../src/server/context/limiter.ts";
import { testClock } from "../support/clock.ts";

Deno.test("no key ever gets more than its burst and what has come back since", () => {
  fc.assert(fc.property(
    fc.integer({ min: 1, max: 10 }),
    fc.integer({ min: 1, max: 10 }),
    fc.array(fc.integer({ min: 0, max: 2_000 }), { maxLength: 60 }),
    (burst, perSecond, pauses) => {
      const clock = testClock();
      const limiter = new MemoryLimiter(clock, { burst, perSecond });
      let taken = 0;
      let elapsed = 0;
      for (const pause of pauses) {
        if (limiter.take("key").wait === 0) taken += 1;
        clock.advance(pause);
        elapsed += pause;
      }
      assert.ok(taken <= burst + elapsed / 1000 * perSecond + 1e-6);
    },
  ));
});

Deno.test("waiting as long as told is long enough", () => {
  const clock = testClock();
  const limiter = new MemoryLimiter(clock, { burst: 1, perSecond: 0.3 });
  assert.equal(limiter.take("key").wait, 0);
  const { wait } = limiter.take("key");
  assert.equal(wait, 4);
  clock.advance(wait * 1000);
  assert.equal(limiter.take("key").wait, 0);
});

Deno.test("keys that have recovered are forgotten, so that memory stays small", () => {
  const clock = testClock();
  const limiter = new MemoryLimiter(clock, { burst: 1, perSecond: 1 });
  for (let key = 0; key < 5_000; key++) {
    assert.equal(limiter.take(`key-${key}`).wait, 0);
    clock.advance(10);
  }
  assert.equal(limiter.take("key-4999").wait, 1);
  assert.equal(limiter.take("key-0").wait, 0);
});
