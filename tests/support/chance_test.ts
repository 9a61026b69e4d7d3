import assert from "node:assert/strict";
import { seedOf } from "./chance.ts";

function seedIn(environment: Readonly<Record<string, string>>): number {
  return seedOf("TRACKER_THIS", (name) => environment[name]);
}

Deno.test("without a variable a test plays the same seed each time", () => {
  assert.deepEqual([seedIn({}), seedIn({ TRACKER_OTHER: "7" })], [1, 1]);
});

Deno.test("a test takes the seed of its own variable before that of all tests", () => {
  assert.equal(seedIn({ TRACKER_SEEDS: "7" }), 7);
  assert.equal(seedIn({ TRACKER_SEEDS: "7", TRACKER_THIS: "3799906421" }), 3_799_906_421);
});

Deno.test("random draws another seed each time", () => {
  const drawn = Array.from({ length: 8 }, () => seedIn({ TRACKER_SEEDS: "random" }));
  assert.ok(new Set(drawn).size > 1);
  assert.equal(seedIn({ TRACKER_SEEDS: "random", TRACKER_THIS: "7" }), 7);
});

Deno.test("what is no seed is told", () => {
  assert.throws(() => seedIn({ TRACKER_THIS: "abc" }), /^Error: TRACKER_THIS is a whole number/);
  assert.throws(() => seedIn({ TRACKER_SEEDS: "" }), /TRACKER_SEEDS/);
});
