import assert from "node:assert/strict";
import fc from "../support/properties.ts";
import { answerElements } from "../../src/local/tool_json.ts";

const encode = (text: string) => new TextEncoder().encode(text);

function valuesOf(text: string): unknown[] {
  return [...answerElements(encode(text))].map((element) =>
    element.kind === "value" ? element.value : element
  );
}

Deno.test("any list of objects is read, however it is laid out and wrapped", () => {
  const objects = fc.array(fc.dictionary(fc.string({ unit: "binary" }), fc.jsonValue(), {
    noNullPrototype: true,
  }));
  const layouts = fc.constantFrom(undefined, 2, "\t");
  const wrappers = fc.constantFrom<(list: unknown) => unknown>(
    (list) => list,
    (items) => ({ schema_version: 1, items }),
    (data) => ({ a: { items_: [1] }, data }),
    (issues) => ({ data: { n: null, issues } }),
  );
  fc.assert(fc.property(objects, layouts, wrappers, (list, layout, wrap) => {
    const text = JSON.stringify(wrap(list), null, layout);
    assert.deepEqual(valuesOf(text), JSON.parse(JSON.stringify(list)));
  }));
});

Deno.test("raw control characters inside strings are kept", () => {
  const control = fc.integer({ min: 0, max: 31 }).map((code) => String.fromCharCode(code));
  const texts = fc.string({ unit: fc.oneof(control, fc.constantFrom("a", '"', "\\", "é", "😀")) });
  fc.assert(fc.property(fc.array(texts), (list) => {
    const raw = JSON.stringify(list.map((text) => ({ text })), null, 1).replace(
      /\\(u00[01][0-9a-f]|[^u])/g,
      (escape) => /["\\/]$/.test(escape) ? escape : JSON.parse(`"${escape}"`),
    );
    assert.deepEqual(valuesOf(raw), list.map((text) => ({ text })));
  }));
});

Deno.test("a single object is a list of one", () => {
  assert.deepEqual(valuesOf('\ufeff {"id": "x"}\n'), [{ id: "x" }]);
});

Deno.test("bytes that are no text do not stop the reading", () => {
  const bytes = new Uint8Array([...encode('[{"a":"'), 0xff, ...encode('"},{"b":1}]')]);
  assert.deepEqual([...answerElements(bytes)], [
    { kind: "value", value: { a: "\ufffd" } },
    { kind: "value", value: { b: 1 } },
  ]);
});

for (
  const [what, noise] of [
    ["a word in brackets", "[dolt] starting\n"],
    ["a time in brackets", "[2026-11-26 10:00:00] opening\n"],
    ["a line of a log in JSON", '{"level":"info","msg":"opening the database"}\n'],
    ["a line of a log with data", '{"level":"info","data":{"n":1},"error":"none yet"}\n'],
    ["a line of a log about an issue", '{"level":"debug","id":"x-9","msg":"reading"}\n'],
    ["lines of every kind", '[dolt] a\n{"time":1,"data":null}\n  Warning: {b}\n{c}\n[]x\n'],
  ] as const
) {
  for (
    const [form, answer] of [
      ["a list", '[{"id": "x-1"}]'],
      ["a wrapped list", '{\n  "issues": [\n    {"id": "x-1"}\n  ],\n  "schema_version": 1\n}'],
      ["an issue", '{\n  "id": "x-1"\n}'],
      ["a wrapped issue", '{"schema_version": 1, "data": {"id": "x-1"}}'],
    ] as const
  ) {
    Deno.test(`${what} before ${form} does not hide it`, () => {
      assert.deepEqual(valuesOf(noise + answer), [{ id: "x-1" }]);
    });
  }
}

Deno.test("a line of a log after an issue is not taken for it", () => {
  assert.deepEqual(valuesOf('{"id": "x-1"}\n{"level": "info", "msg": "closed"}\n'), [{
    id: "x-1",
  }]);
});

Deno.test("a list that breaks off after a line of a log is no answer", () => {
  assert.throws(() => valuesOf('{"level":"info"}\n[{"id": "x-1"'), {
    code: "tool_answer_unreadable",
  });
});

Deno.test("a wrapped list without its end is no answer", () => {
  assert.throws(() => valuesOf('{"schema_version": 1, "data": [{"id": "x-1"}]'), {
    code: "tool_answer_unreadable",
  });
});
