import assert from "node:assert/strict";
import fc from "../support/properties.ts";
import { mergeJson, spliceJson } from "../../src/contract/splice_json.ts";

Deno.test("members are appended to an object as the JSON they are", () => {
  const json = spliceJson('{"status":"ok"}', { ref: '{"id":"1"}', message: "null" });
  assert.equal(json, '{"status":"ok","ref":{"id":"1"},"message":null}');
});

Deno.test("a list of JSON texts becomes a JSON list", () => {
  assert.equal(spliceJson("{}", { items: ["1", '"a"'] }), '{"items":[1,"a"]}');
  assert.equal(spliceJson("{}", { items: [] }), '{"items":[]}');
});

Deno.test("two objects as text are one, whichever of them is empty", () => {
  const dictionary = fc.dictionary(fc.string(), fc.jsonValue(), { noNullPrototype: true });
  fc.assert(fc.property(dictionary, dictionary, (one, other) => {
    const merged: unknown = JSON.parse(mergeJson(JSON.stringify(one), JSON.stringify(other)));
    assert.deepEqual(merged, JSON.parse(JSON.stringify({ ...one, ...other })));
  }));
});
