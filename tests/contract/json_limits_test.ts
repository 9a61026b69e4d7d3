import assert from "node:assert/strict";
import fc from "../support/properties.ts";
import {
  ANSWER_LIMITS,
  jsonExcess,
  jsonExcessInSteps,
  type JsonLimits,
} from "../../src/contract/json_limits.ts";

function excess(json: string, limits: Partial<JsonLimits> = {}): string | null {
  return jsonExcess(new TextEncoder().encode(json), { levels: 3, values: 10, ...limits });
}

Deno.test("JSON is as deep as its lists and objects are inside each other", () => {
  assert.equal(excess('[{"a":[1]}]'), null);
  assert.equal(excess('[{"a":[[]]}]'), "levels");
  assert.equal(excess('[[[],[]],{"a":{}}]'), null);
});

Deno.test("every value of JSON counts, wherever it stands", () => {
  assert.equal(excess("[1,2,3,4,5,6,7,8]"), null);
  assert.equal(excess("[1,2,3,4,5,6,7,8,9,10]"), "values");
  assert.equal(excess('{"a":1,"b":{"c":2,"d":[3,4,5,6]},"e":7}'), null);
  assert.equal(excess('{"a":1,"b":{"c":2,"d":[3,4,5,6]},"e":7,"f":8,"g":9}'), "values");
});

Deno.test("brackets and commas in a text of JSON count for nothing", () => {
  assert.equal(excess('["[[[[[[,,,,,,,,,,,,"]'), null);
  assert.equal(excess('["\\"[[[[", "ä[[[[", "\\\\"]'), null);
  assert.equal(excess('["\\\\",[[[]]]]'), "levels");
  assert.equal(excess(',"[[[['), null);
});

Deno.test("a text of backslashes alone is looked at in one go", () => {
  assert.equal(excess(`["${"\\\\".repeat(500_000)}"]`), null);
  assert.equal(excess(`["${'\\"'.repeat(500_000)}"]`), null);
});

Deno.test("what exceeds no limit is within what a parser has to hold", () => {
  const count = (value: unknown): number =>
    typeof value !== "object" || value === null
      ? 1
      : Object.values(value).reduce<number>((sum, item) => sum + count(item), 1);
  const depth = (value: unknown): number =>
    typeof value !== "object" || value === null
      ? 0
      : 1 + Math.max(0, ...Object.values(value).map(depth));
  fc.assert(fc.property(fc.jsonValue(), fc.boolean(), (value, spaced) => {
    const json = JSON.stringify(value, null, spaced ? 2 : 0);
    const [levels, values] = [depth(value), count(value)];
    assert.equal(excess(json, { levels, values: 2 * values }), null);
    if (values > 1) assert.equal(excess(json, { levels, values: values - 1 }), "values");
    if (levels > 0) assert.equal(excess(json, { levels: levels - 1, values: 1e9 }), "levels");
  }));
});

Deno.test("a full page of ten thousand issues is within the limits of an answer", () => {
  const issue = Object.fromEntries(Array.from({ length: 150 }, (_, i) => [`f${i}`, i]));
  const page = new TextEncoder().encode(JSON.stringify(Array(10_000).fill(issue)));
  assert.equal(jsonExcess(page, ANSWER_LIMITS), null);
  const bomb = new TextEncoder().encode(`[${"[],".repeat(2_000_000)}[]]`);
  assert.equal(jsonExcess(bomb, ANSWER_LIMITS), "values");
});

Deno.test("what is looked at in steps is judged as the whole", async () => {
  const part = fc.constantFrom("[", "]", "{", "}", ",", '"', "\\", "x");
  await fc.assert(
    fc.asyncProperty(
      fc.array(part, { maxLength: 40 }),
      fc.integer({ min: 1, max: 9 }),
      async (parts, step) => {
        const bytes = new TextEncoder().encode(parts.join(""));
        const limits = { levels: 3, values: 8 };
        const stepped = await jsonExcessInSteps(bytes, limits, () => Promise.resolve(), step);
        assert.equal(stepped, jsonExcess(bytes, limits));
      },
    ),
    { numRuns: 5_000 },
  );
});
