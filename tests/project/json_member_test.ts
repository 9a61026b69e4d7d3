import assert from "node:assert/strict";
import fc from "../support/properties.ts";
import { withMember } from "../../src/project/json_member.ts";

Deno.test("A new member goes behind the last one, in the style of the file", () => {
  assert.equal(
    withMember('{\n  "a": 1,\n  "b": [ 1,2 ]\n}\n', "c", { d: "e" }),
    '{\n  "a": 1,\n  "b": [ 1,2 ],\n  "c": {\n    "d": "e"\n  }\n}\n',
  );
  assert.equal(withMember('{\n\t"a": 1\n}', "c", [1]), '{\n\t"a": 1,\n\t"c": [\n\t\t1\n\t]\n}');
  assert.equal(withMember('{"a":1}', "c", { d: 2 }), '{"a":1, "c": {"d":2}}');
  assert.equal(withMember("{ }\n", "c", 1), '{\n  "c": 1\n}\n');
  assert.equal(
    withMember('{\r\n  "a": 1\r\n}', "c", [1]),
    '{\r\n  "a": 1,\r\n  "c": [\r\n    1\r\n  ]\r\n}',
  );
});

Deno.test("An existing member is replaced where it stands; only the object's own count", () => {
  const text = '{\n  "x": {"t": 1, "s": "}\\"{"},\n  "t": null,\n  "y": "\\u0074"\n}\n';
  assert.equal(
    withMember(text, "t", "new"),
    '{\n  "x": {"t": 1, "s": "}\\"{"},\n  "t": "new",\n  "y": "\\u0074"\n}\n',
  );
  assert.equal(withMember('{"t": 1, "t": 2}', "t", 3), '{"t": 1, "t": 3}');
  assert.equal(withMember('{"\\u0074": 1}', "t", 3), '{"\\u0074": 3}');
});

Deno.test("What JSON numbers cannot hold is kept as it was written", () => {
  const text = '{\n  "10": 1,\n  "2": 12345678901234567890,\n  "e": 1.0e400\n}\n';
  const changed = withMember(text, "t", true);
  assert.equal(changed, text.replace("400\n", '400,\n  "t": true\n'));
});

Deno.test("What is not a JSON object is refused", () => {
  assert.throws(() => withMember("{,}", "a", 1), SyntaxError);
  assert.throws(() => withMember("[1]", "a", 1), TypeError);
});

Deno.test("Whatever the file holds, one member is set and the others keep value and order", () => {
  const objects = fc.dictionary(fc.string({ maxLength: 8 }), fc.jsonValue({ maxDepth: 2 }), {
    noNullPrototype: true,
  });
  fc.assert(
    fc.property(objects, fc.jsonValue(), fc.constantFrom(0, 2, "\t"), (object, value, indent) => {
      const text = JSON.stringify(object, null, indent);
      const changed = withMember(text, "origin_ticket", value);
      const expected = { ...object, origin_ticket: value };
      assert.equal(
        JSON.stringify(JSON.parse(changed)),
        JSON.stringify(JSON.parse(JSON.stringify(expected))),
      );
      const again = withMember(changed, "origin_ticket", value);
      assert.equal(again, changed);
    }),
  );
});
