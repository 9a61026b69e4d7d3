import assert from "node:assert/strict";
import fc from "../support/properties.ts";
import { answerElements } from "../../src/local/tool_json.ts";

const encode = (text: string) => new TextEncoder().encode(text);

function valuesOf(text: string): unknown[] {
  return [...answerElements(encode(text))].map((element) =>
    element.kind === "value" ? element.value : element.kind
  );
}

Deno.test("an indented list is read in chunks to the same issues as it holds", () => {
  const text = fc.oneof(fc.string({ unit: "binary" }), fc.constant("\n  },\n  {"));
  const issue = fc.record({ id: fc.string(), text, inner: fc.array(fc.record({ a: text })) });
  fc.assert(fc.property(fc.array(issue), fc.integer({ min: 0, max: 4 }), (issues, indent) => {
    const list = JSON.stringify(issues, null, indent);
    assert.deepEqual(valuesOf(list), JSON.parse(list));
    assert.deepEqual(valuesOf(`{"schema_version": 1, "data": ${list}}`), JSON.parse(list));
  }));
});

Deno.test("a list of more than one chunk is read whole", () => {
  const issues = Array.from(
    { length: 3_000 },
    (_, i) => ({ id: `bd-${i}`, text: "ü".repeat(200) }),
  );
  issues[1_500] = { id: "bd-long", text: "x".repeat(600_000) };
  assert.deepEqual(valuesOf(JSON.stringify(issues, null, 2)), issues);
});

Deno.test("of an indented list with one issue that is no JSON the others are read", () => {
  const list = JSON.stringify([{ id: "a" }, { id: "b" }, { id: "c" }], null, 2);
  assert.deepEqual(valuesOf(list.replace('"b"', "b")), [{ id: "a" }, "unreadable", { id: "c" }]);
});

Deno.test("a text that holds raw what is between two issues is no place to cut", () => {
  const list =
    '[\n  {\n    "id": "a",\n    "text": "x\n  },\n  {y"\n  },\n  {\n    "id": "b"\n  }\n]';
  assert.deepEqual(valuesOf(list), [{ id: "a", text: "x\n  },\n  {y" }, { id: "b" }]);
});

Deno.test("an issue in a chunk that is nested too deep is told, and the others are read", () => {
  const deep = `${"[".repeat(5_000)}${"]".repeat(5_000)}`;
  const list =
    `[\n  {\n    "id": "a"\n  },\n  {\n    "deep": ${deep}\n  },\n  {\n    "id": "c"\n  }\n]`;
  assert.deepEqual(valuesOf(list), [{ id: "a" }, "unreadable", { id: "c" }]);
});
