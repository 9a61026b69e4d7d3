import assert from "node:assert/strict";
import { changed, placesIn } from "./changed_values.ts";
import fc from "../support/properties.ts";
import * as v from "valibot";
import { DateTimeSchema } from "../../src/contract/field.ts";
import { parseOwn, parseWith } from "../../src/contract/parse.ts";
import { NOT_TAKEN, quickParse } from "../../src/contract/quick_parse.ts";

const Inner = v.looseObject({ id: v.string(), at: v.nullish(DateTimeSchema) });

/** All that schemas of answers are made of. */
const SCHEMA = v.object({
  text: v.string(),
  count: v.pipe(v.number(), v.safeInteger()),
  positive: v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(1)), 1),
  is: v.boolean(),
  any: v.optional(v.unknown()),
  maybe: v.nullable(v.string(), "none"),
  missing: v.nullish(v.number(), 7),
  inner: Inner,
  open: v.nullish(v.looseObject({ id: v.optional(v.string()) })),
  strict: v.nullish(v.object({ name: v.string() })),
  list: v.array(v.object({ id: v.number() })),
  labels: v.array(v.pipe(
    v.union([v.object({ name: v.nullish(v.string()) }), v.string()]),
    v.transform((label) => typeof label === "string" ? label : label.name ?? ""),
  )),
  loose: v.looseObject({ is: v.optional(v.boolean(), false), texts: v.array(Inner) }),
  record: v.optional(v.record(v.string(), v.unknown()), {}),
  kind: v.fallback(v.string(), "other"),
  exact: v.literal("exact"),
  choice: v.picklist(["a", 1]),
  own: v.custom<number>((value) => value === 7),
});

const VALUE = {
  text: "a",
  count: 3,
  is: true,
  maybe: null,
  inner: { id: "1", at: "2026-01-01T00:00:00Z", more: [1] },
  open: { id: "2", more: 1 },
  strict: { name: "b", more: 1 },
  list: [{ id: 1, more: 2 }, { id: 2 }],
  labels: ["a", { name: "b", color: "red" }, { name: null }],
  loose: { texts: [{ id: "1" }, { id: "2", at: null, more: true }], more: "yes" },
  record: { a: 1 },
  kind: "bug",
  exact: "exact",
  choice: 1,
  own: 7,
  more: "left out",
};

/** Valibot keeps no such member that a schema does not name. */
const NAMED_LIKE_A_PROTOTYPE = JSON.parse(
  '{"id":"1","constructor":{"prototype":1},"prototype":2,"more":3}',
);

/** What stands in the place of any part of a value. */
const PART = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom(undefined, NaN, -1, 1.5, 2 ** 53, "", "2026-02-30T00:00:00Z", [], {}, [null]),
  fc.constant(NAMED_LIKE_A_PROTOTYPE),
);

Deno.test("a quick parse gives what the schema gives, whatever stands anywhere in a value", () => {
  assert.notEqual(quickParse(SCHEMA, VALUE), NOT_TAKEN);
  assert.deepEqual(parseOwn(SCHEMA, VALUE), parseWith(SCHEMA, VALUE));
  fc.assert(fc.property(fc.constantFrom(...placesIn(VALUE)), PART, (place, part) => {
    const value = changed(VALUE, place, part);
    assert.deepEqual(parseOwn(SCHEMA, value), parseWith(SCHEMA, value));
  }));
  fc.assert(fc.property(PART, (value) => {
    assert.deepEqual(parseOwn(SCHEMA, value), parseWith(SCHEMA, value));
  }));
});

Deno.test("each part of a value may be missing or of another kind, for a quick parse as for the schema", () => {
  for (const place of placesIn(VALUE)) {
    for (const part of [undefined, null, 0, "", false, [], ["a"], {}, NAMED_LIKE_A_PROTOTYPE]) {
      const value = changed(VALUE, place, part);
      assert.deepEqual(parseOwn(SCHEMA, value), parseWith(SCHEMA, value), place.join("."));
    }
  }
});

Deno.test("what a quick parse does not take is told by its dotted path", () => {
  const parsed = parseOwn(SCHEMA, changed(VALUE, ["loose", "texts", "1", "id"], 5));
  assert.deepEqual(parsed, {
    ok: false,
    path: "loose.texts[1].id",
    message: "must be a string, not 5",
  });
});

Deno.test("a quick parse copies no object that may have more members and no list of them", () => {
  const value = [VALUE.inner];
  assert.equal(quickParse(v.array(Inner), value), value);
});

Deno.test("a quick parse leaves out what could be taken for the prototype of an object", () => {
  const value: unknown = JSON.parse('{"id":"1","__proto__":{"at":"never"}}');
  const parsed = quickParse(Inner, value);
  assert.equal(parsed, NOT_TAKEN);
  const own = parseOwn(Inner, value);
  assert.ok(own.ok);
  assert.deepEqual(Object.keys(own.value), ["id"]);
});
